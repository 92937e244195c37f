// What is chosen, and the list that equals the map: every area in view, to be chosen by keyboard.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { formatArea } from '../../format';
import { t } from '../../i18n';
import { icon } from '../../icons';
import { type DraftFeature, keyOf, namesOf } from '../changeset';
import { choose } from '../entry';
import { type Editor, selectedFeatures } from '../state';

const MOST = 200;

export function chosenAreas(editor: Editor): TemplateResult {
  const chosen = selectedFeatures(editor.store.state);
  const names = namesOf(editor.store.state.changeset.changes);
  return html`<section class="chosen" aria-label=${t('Đang chọn')}>
    <h3>${t('Đang chọn')} <span class="number">${chosen.length}</span></h3>
    ${
      chosen.length === 0
        ? html`<p class="muted">${t('Bấm vào thửa trên bản đồ; giữ Shift để chọn thêm. Hoặc chọn từ danh sách.')}</p>`
        : html`<ul class="plain chosen-list">${chosen.map((one) => chip(editor, one, names.get(keyOf(one)) ?? one.label))}</ul>`
    }
    ${areaList(editor)}
  </section>`;
}

function chip(editor: Editor, one: DraftFeature, label: string): TemplateResult {
  return html`<li><span><strong>${label}</strong> <span class="number">${formatArea(one.area)}</span></span>
    <button type="button" class="icon-button" aria-label=${t('Bỏ chọn {label}', { label })}
      @click=${() => choose(editor, keyOf(one), true)}>${icon('x')}</button></li>`;
}

function areaList(editor: Editor): TemplateResult {
  const { features, selected, listed, truncated, changeset } = editor.store.state;
  const names = namesOf(changeset.changes);
  const all = [...features.values()].sort((a, b) =>
    a.label.localeCompare(b.label, 'vi', { numeric: true }),
  );
  return html`<details class="area-list"><summary>${t('Danh sách trong khung nhìn ({n})', { n: all.length })}</summary>
    ${listed === 'far' ? html`<p class="muted">${t('Phóng to để thấy và chọn được thửa.')}</p>` : nothing}
    ${listed === 'failed' ? html`<p class="muted">${t('Chưa tải được các thửa. Di chuyển bản đồ để thử lại.')}</p>` : nothing}
    ${truncated || all.length > MOST ? html`<p class="muted">${t('Chỉ hiện một phần. Phóng to để thấy đủ.')}</p>` : nothing}
    <ul class="plain rows-list" @keydown=${walk}>${repeat(
      all.slice(0, MOST),
      keyOf,
      (one, i) => html`<li><button type="button" class="row-button" tabindex=${i === 0 ? 0 : -1}
        aria-pressed=${selected.includes(keyOf(one)) ? 'true' : 'false'}
        @click=${() => choose(editor, keyOf(one), true)}>
        <strong>${names.get(keyOf(one)) ?? one.label}</strong><span class="muted number">${formatArea(one.area)}${one.changed ? html` · ${t('Nháp')}` : nothing}</span></button></li>`,
    )}</ul></details>`;
}

function walk(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button')];
  const now = rows.indexOf(document.activeElement as HTMLElement);
  const next = rows[now + (event.key === 'ArrowDown' ? 1 : -1)];
  if (now < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
