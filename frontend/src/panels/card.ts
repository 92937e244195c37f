// The card: what a feature is, in plain words, and everything else at the same point.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Card, CardRow, Group, LonLat } from '../api.types';
import { type App, layerInfo } from '../app';
import { formatDate } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { closeCard, pick, previewFeature, turnTo } from '../selection';
import { coordinateLines } from './coordinates';
import { startMeasure } from './measure';
import { seriesList } from './series';
import { swatch } from './swatch';

const GROUPS: Group[] = ['land', 'planning', 'warning', 'works'];

export function cardPanel(app: App): TemplateResult {
  const { card } = app.store.state;
  const hit = card.hits[card.index];
  if (card.status === 'ready' && hit) return filled(app, hit);
  if (card.status === 'loading') {
    return frame(
      app,
      t('Đang xem điểm này…'),
      html`<div class="skeleton" aria-hidden="true">
      <span></span><span></span><span></span></div>`,
    );
  }
  if (card.status === 'failed') return frame(app, t('Chưa xem được'), failure(app));
  if (card.status === 'empty') {
    return frame(
      app,
      t('Không có gì ở đây'),
      html`
      <p>${t('Không có gì ở điểm này trong các lớp đang bật.')}</p>
      <p>${t('Không có số liệu không có nghĩa là được phép làm. Bật thêm lớp hoặc chạm chỗ khác.')}</p>
      ${place(app, card.point)}`,
    );
  }
  return frame(app, t('Điểm đã chọn'), place(app, card.point));
}

function frame(app: App, title: string, content: TemplateResult | typeof nothing): TemplateResult {
  return html`<header class="panel-head">
      <h2 id="card-title" tabindex="-1">${title}</h2>
      ${closeButton(app)}
    </header>
    <div class="panel-body">${content}</div>`;
}

function filled(app: App, hit: Card): TemplateResult {
  const { card } = app.store.state;
  const page = hit.layer === 'parcel' ? t('Xem trang thửa') : t('Xem trang chi tiết');
  return html`<header class="panel-head">
      <div class="panel-title">
        <p class="kicker">${layerInfo(app, hit.layer)?.title ?? groupName(hit.group)}</p>
        <h2 id="card-title" tabindex="-1">${hit.title}</h2>
        ${hit.subtitle ? html`<p class="muted">${hit.subtitle}</p>` : nothing}
      </div>
      ${closeButton(app)}
    </header>
    <div class="panel-body">
      ${card.hits.length > 1 ? pager(app) : nothing}
      ${hit.summary ? html`<p class="answer">${hit.group === 'warning' ? icon('triangle-alert') : nothing}${hit.summary}</p>` : nothing}
      <a class="button primary wide" href=${hit.page}>${page}${icon('chevron-right')}</a>
      <dl class="rows">${hit.rows.map((row) => fact(app, row))}</dl>
      ${seriesList(app, hit.series)}
      ${source(hit)}
      <div class="actions">
        ${
          app.map
            ? html`<button type="button" class="button" @click=${() => app.map?.goTo({ box: hit.bbox, point: hit.point })}>
          ${icon('map-pin')}${t('Đến chỗ này')}</button>`
            : nothing
        }
        <button type="button" class="button" @click=${() => app.store.set({ dialog: 'share' })}>
          ${icon('share')}${t('Chia sẻ')}</button>
      </div>
      ${card.hits.length > 1 ? everything(app) : nothing}
      ${place(app, card.point ?? hit.point)}
    </div>`;
}

function closeButton(app: App): TemplateResult {
  const close = () => {
    closeCard(app);
    document.getElementById('search-input')?.focus();
  };
  return html`<button type="button" class="icon-button" aria-label=${t('Đóng thẻ')} @click=${close}>${icon('x')}</button>`;
}

function pager(app: App): TemplateResult {
  const { hits, index } = app.store.state.card;
  return html`<div class="pager" role="group" aria-label=${t('Các đối tượng ở điểm này')}>
    <button type="button" class="icon-button" aria-label=${t('Đối tượng trước')} ?disabled=${index === 0}
      @click=${() => turnTo(app, index - 1)}>${icon('chevron-left')}</button>
    <span class="number">${index + 1}/${hits.length}</span>
    <button type="button" class="icon-button" aria-label=${t('Đối tượng sau')} ?disabled=${index === hits.length - 1}
      @click=${() => turnTo(app, index + 1)}>${icon('chevron-right')}</button>
  </div>`;
}

function fact(app: App, row: CardRow): TemplateResult {
  const code = row.code && !row.value.includes(`(${row.code})`) ? ` (${row.code})` : '';
  const unit = row.unit && !row.value.endsWith(row.unit) ? ` ${row.unit}` : '';
  const look = {
    kind: 'fill',
    opacity: 1,
    outline: null,
    width: null,
    dash: null,
    icon: null,
  } as const;
  return html`<div class="row">
    <dt>${row.label}</dt>
    <dd class="number">${row.color ? swatch({ ...look, color: row.color, motif: row.motif }, app.catalogue.motifs) : nothing}
      <span>${row.value}${unit}${code}</span>
      ${row.note ? html`<small>${row.note}</small>` : nothing}</dd>
  </div>`;
}

function source(hit: Card): TemplateResult {
  const { attribution, date, note } = hit.source;
  return html`<p class="source">
    ${date ? t('Số liệu ngày {date}', { date: formatDate(date) }) : t('Không rõ ngày của số liệu')}.
    ${t('Nguồn: {source}', { source: attribution })}.
    ${note ? html`<br />${note}.` : nothing}
    <br />${t('Không thay văn bản pháp lý.')}</p>`;
}

function everything(app: App): TemplateResult {
  const { hits, index } = app.store.state.card;
  const found = GROUPS.map((group) => ({
    group,
    members: hits.map((hit, i) => ({ hit, i })).filter(({ hit }) => hit.group === group),
  })).filter(({ members }) => members.length > 0);
  return html`<section class="everything" aria-labelledby="everything-title">
    <h3 id="everything-title">${t('Tất cả ở điểm này ({n})', { n: hits.length })}</h3>
    ${found.map(
      ({ group, members }) => html`<h4>${groupName(group)}</h4>
      <ul class="plain">${members.map(
        ({ hit, i }) => html`<li>
        <button type="button" class="row-button" aria-current=${i === index ? 'true' : 'false'}
          @focus=${() => previewFeature(app, hit.layer, hit.id)}
          @mouseenter=${() => previewFeature(app, hit.layer, hit.id)}
          @blur=${() => app.map?.overlay.preview(null)}
          @mouseleave=${() => app.map?.overlay.preview(null)}
          @click=${() => turnTo(app, i)}>
          <strong>${hit.title}</strong>${hit.summary ? html`<span class="muted">${hit.summary}</span>` : nothing}
        </button></li>`,
      )}</ul>`,
    )}
  </section>`;
}

function place(app: App, point: LonLat | null): TemplateResult | typeof nothing {
  if (!point) return nothing;
  const { status } = app.store.state.card;
  return html`<section class="place" aria-labelledby="place-title">
    <h3 id="place-title">${t('Tọa độ')}</h3>
    ${coordinateLines(app, point)}
    ${
      status === 'none'
        ? html`<div class="actions">
      <button type="button" class="button primary" @click=${() => pick(app, point, 8)}>${t('Ở đây có gì?')}</button>
      <button type="button" class="button" @click=${() => startMeasure(app, 'line')}>${icon('ruler')}${t('Đo từ đây')}</button>
    </div>`
        : nothing
    }
  </section>`;
}

function failure(app: App): TemplateResult {
  const { card } = app.store.state;
  const { point } = card;
  return html`<p>${card.message}</p>
    ${point ? html`<button type="button" class="button primary" @click=${() => pick(app, point, 8)}>${t('Thử lại')}</button>` : nothing}`;
}

function groupName(group: Group): string {
  const names: Record<Group, string> = {
    land: t('Thửa'),
    planning: t('Quy hoạch'),
    warning: t('Cảnh báo'),
    works: t('Công trình'),
  };
  return names[group];
}
