// The list that equals the map: the same features, the same actions, nearest to the centre first.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { FeatureList, ListedFeature } from '../api.types';
import { type App, layerInfo } from '../app';
import { formatDistance, formatNumber } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { renewListing } from '../listing';
import { openFeature, previewFeature } from '../selection';

export function openList(app: App): void {
  app.store.set({
    panel: 'list',
    stop: 'half',
    layersOpen: app.store.state.width === 'desktop' && app.store.state.layersOpen,
  });
}

export function listPanel(app: App): TemplateResult {
  const { list } = app.store.state;
  const { truncated, features } = list.answer;
  return html`<header class="panel-head">
      <div class="panel-title">
        <h2 id="list-title" tabindex="-1">${t('Danh sách')}</h2>
        <p class="muted">${subtitle(app)}</p>
      </div>
      ${app.map ? html`<button type="button" class="icon-button" aria-label=${t('Đóng danh sách')} @click=${() => closeList(app)}>${icon('x')}</button>` : nothing}
    </header>
    <div class="panel-body" aria-busy=${list.status === 'loading' ? 'true' : 'false'}>
      ${list.status === 'failed' ? failure(app) : nothing}
      ${list.status === 'ready' && features.length === 0 ? empty() : nothing}
      ${list.status === 'loading' && features.length === 0 ? html`<div class="skeleton" aria-hidden="true"><span></span><span></span><span></span></div>` : nothing}
      <ol class="plain rows-list" @keydown=${walk}>${repeat(
        features,
        (feature) => `${feature.layer}/${feature.id}`,
        (feature) => html`<li>${row(app, feature)}</li>`,
      )}</ol>
      ${truncated && features.length > 0 ? html`<p class="muted">${t('Đang hiện {n} đối tượng gần giữa nhất trên {total}. Phóng to để thấy đủ.', { n: features.length, total: totalOf(list.answer) })}</p>` : nothing}
    </div>`;
}

/** How many features there are; beyond a thousand nobody counts them. */
export function totalOf(answer: FeatureList): string {
  if (answer.total !== null) return formatNumber(answer.total);
  return answer.truncated ? `${formatNumber(1000)}+` : '';
}

function subtitle(app: App): string {
  const { list } = app.store.state;
  const { total } = list.answer;
  if (list.status === 'loading' && total === null) return t('Đang tải…');
  const where = app.map
    ? t('trong khung nhìn, gần giữa trước')
    : t('quanh nơi đang xem, gần trước');
  const count = totalOf(list.answer);
  return count ? `${t('{count} đối tượng', { n: total ?? 1000, count })} ${where}` : where;
}

function closeList(app: App): void {
  app.store.set({ panel: null });
  app.map?.overlay.preview(null);
  document.getElementById('open-list')?.focus();
}

function row(app: App, feature: ListedFeature): TemplateResult {
  const { layer, id } = feature;
  const show = () => previewFeature(app, layer, id);
  const hide = () => app.map?.overlay.preview(null);
  return html`<button type="button" class="row-button" @click=${() => openFeature(app, layer, id, true)}
    @focus=${show} @mouseenter=${show} @blur=${hide} @mouseleave=${hide}>
    <span class="kicker">${layerInfo(app, layer)?.title ?? layer}${feature.distance_m === null || feature.distance_m < 1 ? nothing : html` · ${formatDistance(feature.distance_m)}`}</span>
    <strong>${feature.title}</strong>
    ${feature.summary ? html`<span class="muted">${feature.summary}</span>` : nothing}
  </button>`;
}

/** Arrow keys walk through the rows, Space moves the map to one without opening it. */
function walk(event: KeyboardEvent): void {
  const rows = [
    ...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.row-button'),
  ];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  rows[Math.min(rows.length - 1, Math.max(0, next))]?.focus();
}

function empty(): TemplateResult {
  return html`<p>${t('Không có đối tượng nào của các lớp đang bật ở đây.')}</p>
    <p class="muted">${t('Phóng to, kéo bản đồ sang chỗ khác hoặc bật thêm lớp.')}</p>`;
}

function failure(app: App): TemplateResult {
  return html`<p>${t('Chưa tải được danh sách vì máy chủ không trả lời.')}</p>
    <button type="button" class="button primary" @click=${() => renewListing(app, 0)}>${t('Thử lại')}</button>`;
}
