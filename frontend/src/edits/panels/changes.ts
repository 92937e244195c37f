// What the draft changes: each area before and after, the balance, the steps, and other drafts over the same land.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Side as MapSide } from '../../draw/layers';
import { formatNumber } from '../../format';
import { t } from '../../i18n';
import { boxOf } from '../boxes';
import { type Item, keyOf, namesOf } from '../changeset';
import type { Editor } from '../state';

export function changesPanel(editor: Editor): TemplateResult {
  const { changeset, preview } = editor.store.state;
  const items = preview?.changes ?? changeset.changes;
  return html`<h2 tabindex="-1">${preview ? t('Xem trước') : t('Thay đổi')} <span class="number">${items.length}</span></h2>
    ${others(editor)}
    ${items.length === 0 ? html`<p class="muted">${t('Bản nháp chưa đổi gì.')}</p>` : table(editor, items)}
    ${items.length === 0 ? nothing : sides(editor)}
    ${lineage(editor)}
    ${steps(editor)}`;
}

function table(editor: Editor, items: Item[]): TemplateResult {
  const names = namesOf([...editor.store.state.changeset.changes, ...items]);
  const sum = (side: 'before' | 'after') =>
    items.reduce((total, item) => total + (item[side]?.area ?? 0), 0);
  const balance = sum('after') - sum('before');
  return html`<table class="changes"><thead><tr><th scope="col">${t('Thửa')}</th>
      <th scope="col">${t('Trước (m²)')}</th><th scope="col">${t('Sau (m²)')}</th></tr></thead>
    <tbody>${items.map((item) => row(editor, item, names.get(keyOf(item)) ?? item.label))}</tbody>
    <tfoot><tr><th scope="row">${t('Lệch')}</th><td></td><td class="number">${signed(balance)}</td></tr></tfoot></table>`;
}

function row(editor: Editor, item: Item, name: string): TemplateResult {
  const sign = { made: '+', altered: '±', retired: '−' }[item.state];
  const words = { made: t('mới'), altered: t('sửa'), retired: t('kết thúc') }[item.state];
  const geometry = item.after?.geometry ?? item.before?.geometry;
  const go = () => geometry && editor.view?.goTo({ box: boxOf(geometry), maxZoom: 20 });
  return html`<tr data-state=${item.state}><th scope="row"><button type="button" class="link" @click=${go}>
      <span aria-hidden="true">${sign}</span> ${name}</button> <span class="muted">${words}</span>${fieldsOf(editor, item)}</th>
    <td class="number">${area(item.before?.area)}</td><td class="number">${area(item.after?.area)}</td></tr>`;
}

/** Which attributes of an altered area become different. */
function fieldsOf(editor: Editor, { before, after, layer }: Item): TemplateResult | typeof nothing {
  if (!before || !after) return nothing;
  const fields = editor.catalogue.layers.find(({ id }) => id === layer)?.fields ?? [];
  const same = (name: string) =>
    JSON.stringify(before.attributes[name] ?? null) ===
    JSON.stringify(after.attributes[name] ?? null);
  const changed = fields.filter(({ name }) => !same(name));
  if (changed.length === 0) return nothing;
  return html`<ul class="plain field-changes">${changed.map(
    ({ name, label }) =>
      html`<li>${label}: ${asWords(before.attributes[name])} → ${asWords(after.attributes[name])}</li>`,
  )}</ul>`;
}

function asWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  return typeof value === 'number' ? formatNumber(value, 1) : String(value);
}

function area(value: number | undefined): string {
  return value === undefined ? '–' : formatNumber(value, 1, true);
}

function signed(value: number): string {
  const text = formatNumber(Math.abs(value), 1, true);
  if (text === formatNumber(0, 1, true)) return text;
  return value > 0 ? `+${text}` : `−${text}`;
}

function sides(editor: Editor): TemplateResult {
  const { side } = editor.store.state;
  const radio = (
    value: MapSide,
    words: string,
  ) => html`<label class="chip"><input type="radio" name="side" .checked=${side === value}
    @change=${() => editor.store.set({ side: value })} /><span>${words}</span></label>`;
  return html`<fieldset class="choice"><legend>${t('Trên bản đồ')}</legend><div class="chips">
    ${radio('before', t('Trước'))}${radio('after', t('Sau'))}${radio('both', t('Chồng'))}</div>
    <p class="muted">${t('Giữ phím B trên bản đồ để xem trước khi sửa.')}</p></fieldset>`;
}

function lineage(editor: Editor): TemplateResult | typeof nothing {
  const { lineage: lines, changes } = editor.store.state.changeset;
  if (lines.length === 0 || editor.store.state.preview) return nothing;
  const names = namesOf(changes);
  const children = new Map<string, string[]>();
  for (const { parent, child } of lines) {
    const from = names.get(keyOf(parent)) ?? parent.id;
    children.set(from, [...(children.get(from) ?? []), names.get(keyOf(child)) ?? child.id]);
  }
  return html`<section><h3>${t('Nguồn gốc')}</h3><ul class="plain">${[...children].map(
    ([from, to]) => html`<li>${from} → ${to.join(', ')}</li>`,
  )}</ul></section>`;
}

function steps(editor: Editor): TemplateResult | typeof nothing {
  const { steps: done } = editor.store.state.changeset;
  if (done.length === 0) return nothing;
  return html`<section><h3>${t('Các bước')}</h3><ol class="steps">${done.map(({ title }) => html`<li>${title}</li>`)}</ol></section>`;
}

function others(editor: Editor): TemplateResult | typeof nothing {
  const drafts = editor.store.state.changeset.others;
  if (drafts.length === 0) return nothing;
  return html`<div class="others" role="note"><p><strong>${t('Hồ sơ khác cũng đang sửa đất này')}</strong></p>
    <ul class="plain">${drafts.map(
      (one) =>
        html`<li><a href=${`/dossiers/${one.dossier}`}>${one.dossier_code}</a>: ${one.parcels.join(', ')}</li>`,
    )}</ul><p class="muted">${t('Ai gửi trước được nhận trước. Bản nháp còn lại vẫn được giữ.')}</p></div>`;
}
