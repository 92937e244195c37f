// What is switched on: each layer with its strength, source and date, and the classes of it that are
// in view with their counts; choosing a class fades the layer's others.

import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { LayerInfo, LegendEntry } from '../api.types';
import { type App, shownLayers } from '../app';
import { chooseClass, setOpacity, toggleLayer, zoomToLayer } from '../choices';
import { formatDate, formatNumber } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { countOf, entriesInView } from '../map/inview';
import { swatch } from './swatch';

export function legend(app: App): TemplateResult {
  const { focus } = app.store.state;
  const layers = shownLayers(app);
  return html`<section class="legend" aria-labelledby="legend-title">
    <h3 id="legend-title">${t('Chú giải đang thấy')}</h3>
    ${layers.length === 0 ? html`<p class="muted">${t('Chưa bật lớp nào. Chọn kiểu bản đồ hoặc bật lớp ở dưới.')}</p>` : nothing}
    ${repeat(
      layers,
      (layer) => layer.id,
      (layer) => group(app, layer),
    )}
    ${
      focus
        ? html`<button type="button" class="button" @click=${() => app.store.set({ focus: null })}>
            ${t('Hiện lại mọi loại')}
          </button>`
        : nothing
    }
  </section>`;
}

/** A layer of which only the outlines are drawn has one entry, whatever its classes. */
export function asOutline(layer: LayerInfo): LayerInfo {
  const entry: LegendEntry = {
    label: t('Ranh giới'),
    field: null,
    values: [],
    kind: 'line',
    minzoom: null,
    maxzoom: null,
    color: layer.legend[0]?.outline ?? '#3d4841',
    opacity: 1,
    outline: null,
    width: 1,
    dash: null,
    motif: null,
    icon: null,
  };
  return { ...layer, legend: [entry] };
}

function group(app: App, layer: LayerInfo): TemplateResult {
  const { inView, place, outlined, layers } = app.store.state;
  const drawn = outlined.has(layer.id) ? asOutline(layer) : layer;
  const entries = entriesInView(drawn, inView, place.zoom);
  // A layer without classes is its own legend.
  const alone = entries.length === 1 && entries[0]?.field === null ? entries[0] : undefined;
  return html`<div class="layer">
    <div class="layer-head">
      <label class="layer-name">
        <input type="checkbox" value=${layer.id} .checked=${live(true)} @change=${() => toggleLayer(app, layer.id)} />
        ${alone ? swatch(alone, app.catalogue.motifs) : nothing}
        <span>${layer.title}${alone ? html` <span class="count">${formatNumber(countOf(inView, layer.id, alone))}</span>` : nothing}</span>
      </label>
      ${more(app, layer, layers.get(layer.id) ?? 1)}
    </div>
    ${alone ? nothing : entries.length > 0 ? html`<ul class="legend-entries">${entries.map((entry) => html`<li>${row(app, layer, entry)}</li>`)}</ul>` : absent(app, layer)}
  </div>`;
}

/** Why a layer that is switched on has nothing to explain. */
function absent(app: App, layer: LayerInfo): TemplateResult {
  if (app.map && app.store.state.place.zoom < layer.minzoom) {
    return html`<button type="button" class="link hint" @click=${() => zoomToLayer(app, layer.id)}>
      ${t('Phóng to để thấy lớp này')}<span class="sr"> ${layer.title}</span></button>`;
  }
  if (!app.map) return html``;
  const words = app.store.state.loading ? t('Đang tải…') : t('Không có trong khung nhìn');
  return html`<p class="muted hint">${words}</p>`;
}

function row(app: App, layer: LayerInfo, entry: LegendEntry): TemplateResult {
  const { inView, focus } = app.store.state;
  const { field, values } = entry;
  const count = formatNumber(countOf(inView, layer.id, entry));
  const words = html`${swatch(entry, app.catalogue.motifs)}
    <span class="legend-label">${entry.label}</span>
    <span class="count"><span class="sr">${t('số lượng')} </span>${count}</span>`;
  if (field === null) return html`<span class="legend-row">${words}</span>`;
  const chosen = focus?.layer === layer.id && focus.values.join() === values.join();
  return html`<button type="button" class="legend-row" aria-pressed=${chosen ? 'true' : 'false'}
    @click=${() => chooseClass(app, { layer: layer.id, field, values })}>${words}</button>`;
}

function more(app: App, layer: LayerInfo, opacity: number): TemplateResult {
  return html`<details class="layer-more">
    <summary>${t('đậm {percent}%', { percent: Math.round(opacity * 100) })}<span class="sr"> ${layer.title}</span>${icon('chevron-down')}</summary>
    ${opacityControl(app, layer, opacity)}${facts(layer)}
  </details>`;
}

function opacityControl(app: App, layer: LayerInfo, opacity: number): TemplateResult {
  const step = (by: number) => setOpacity(app, layer.id, opacity + by);
  const change = (event: Event) =>
    setOpacity(app, layer.id, Number((event.target as HTMLInputElement).value) / 100);
  return html`<div class="opacity">
    <button type="button" class="icon-button" aria-label=${t('Nhạt hơn: {layer}', { layer: layer.title })}
      ?disabled=${opacity <= 0.05} @click=${() => step(-0.1)}>${icon('minus')}</button>
    <input type="range" min="5" max="100" step="5" .value=${live(String(Math.round(opacity * 100)))}
      aria-label=${t('Độ đậm của {layer}', { layer: layer.title })} @input=${change} />
    <button type="button" class="icon-button" aria-label=${t('Đậm hơn: {layer}', { layer: layer.title })}
      ?disabled=${opacity >= 1} @click=${() => step(0.1)}>${icon('plus')}</button>
  </div>`;
}

function facts(layer: LayerInfo): TemplateResult {
  const { count, updated, note } = layer;
  return html`<div class="facts">
    ${layer.description ? html`<p>${layer.description}</p>` : nothing}
    <p>${t('Nguồn: {source}', { source: layer.attribution })}.${note ? html` ${note}` : nothing}</p>
    ${updated ? html`<p>${t('Số liệu ngày {date}', { date: formatDate(updated) })}</p>` : nothing}
    ${count ? html`<p>${t('Khoảng {count} đối tượng', { n: count, count: formatNumber(count) })}</p>` : nothing}
    <p><a href=${layer.page}>${t('Xem danh sách của lớp')}<span class="sr"> ${layer.title}</span></a></p>
  </div>`;
}
