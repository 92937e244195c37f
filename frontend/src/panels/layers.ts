// The layer tree: style and basemap, themes with their layers, opacity, source and date.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { LayerInfo, Named } from '../api.types';
import type { App } from '../app';
import { chooseBasemap, chooseStyle, setOpacity, toggleLayer, zoomToLayer } from '../choices';
import { formatDate, formatNumber } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { legend } from './legend';

export function layersPanel(app: App): TemplateResult {
  const { layers, layerFilter } = app.store.state;
  return html`<header class="panel-head">
      <h2 id="layers-title" tabindex="-1">${t('Lớp ({n})', { n: layers.size })}</h2>
      <button type="button" class="icon-button" aria-label=${t('Đóng bảng lớp')}
        @click=${() => closeLayers(app)}>${icon('x')}</button>
    </header>
    <div class="panel-body">
      ${choice(t('Kiểu bản đồ'), 'style', app.catalogue.styles, app.store.state.style, (id) => chooseStyle(app, id))}
      ${choice(t('Bản đồ nền'), 'basemap', app.catalogue.basemaps, app.store.state.basemap, (id) => chooseBasemap(app, id))}
      <div class="field">
        <label for="layer-filter">${t('Lọc lớp')}</label>
        <input id="layer-filter" type="search" autocomplete="off" .value=${layerFilter}
          @input=${(event: Event) => filter(app, event)} />
      </div>
      ${themes(app)}
      ${legend(app)}
    </div>`;
}

function closeLayers(app: App): void {
  app.store.set({ layersOpen: false });
  document.getElementById('open-layers')?.focus();
}

function filter(app: App, event: Event): void {
  app.store.set({ layerFilter: (event.target as HTMLInputElement).value });
}

function choice(
  title: string,
  name: string,
  options: Named[],
  chosen: string,
  choose: (id: string) => void,
): TemplateResult {
  return html`<fieldset class="choice">
    <legend>${title}</legend>
    <div class="chips">${options.map(
      (option) => html`<label class="chip">
        <input type="radio" name=${name} value=${option.id} .checked=${option.id === chosen}
          @change=${() => choose(option.id)} />
        <span>${option.title}</span>
      </label>`,
    )}</div>
  </fieldset>`;
}

function themes(app: App): TemplateResult {
  const wanted = plain(app.store.state.layerFilter);
  const found = app.catalogue.themes
    .map((theme) => ({
      theme,
      layers: app.catalogue.layers.filter(
        (layer) => layer.theme === theme.id && matches(layer, theme, wanted),
      ),
    }))
    .filter(({ layers }) => layers.length > 0);
  if (found.length === 0) {
    return html`<p class="muted">${t('Không có lớp nào có tên như vậy.')}</p>`;
  }
  return html`${repeat(
    found,
    ({ theme }) => theme.id,
    ({ theme, layers }) => themeGroup(app, theme, layers, wanted !== ''),
  )}`;
}

function themeGroup(app: App, theme: Named, layers: LayerInfo[], open: boolean): TemplateResult {
  const on = layers.filter((layer) => app.store.state.layers.has(layer.id)).length;
  return html`<details class="theme" ?open=${open || on > 0}>
    <summary>${icon('chevron-right')}<span>${theme.title}</span>
      <span class="count">${t('{n} trên {total}', { n: on, total: layers.length })}</span></summary>
    <ul class="layer-list">${repeat(
      layers,
      (layer) => layer.id,
      (layer) => html`<li>${row(app, layer)}</li>`,
    )}</ul>
  </details>`;
}

function row(app: App, layer: LayerInfo): TemplateResult {
  const opacity = app.store.state.layers.get(layer.id);
  const on = opacity !== undefined;
  return html`<div class="layer">
    <label class="layer-name">
      <input type="checkbox" name="layer" value=${layer.id} .checked=${on}
        @change=${() => toggleLayer(app, layer.id)} />
      <span>${layer.title}${layer.internal ? html` <span class="tag">${t('Nội bộ')}</span>` : nothing}</span>
    </label>
    ${on ? tooFar(app, layer) : nothing}
    ${
      on
        ? html`<details class="layer-more">
      <summary>${t('đậm {percent}%', { percent: Math.round(opacity * 100) })}${icon('chevron-down')}
        <span class="sr">${layer.title}</span></summary>
      ${opacityControl(app, layer, opacity)}${facts(layer)}
    </details>`
        : nothing
    }
  </div>`;
}

function tooFar(app: App, layer: LayerInfo): TemplateResult | typeof nothing {
  if (!app.map || app.store.state.place.zoom >= layer.minzoom) return nothing;
  return html`<button type="button" class="link hint" @click=${() => zoomToLayer(app, layer.id)}>
    ${t('Phóng to để thấy lớp này')}<span class="sr"> ${layer.title}</span></button>`;
}

function opacityControl(app: App, layer: LayerInfo, opacity: number): TemplateResult {
  const step = (by: number) => setOpacity(app, layer.id, opacity + by);
  const change = (event: Event) =>
    setOpacity(app, layer.id, Number((event.target as HTMLInputElement).value) / 100);
  return html`<div class="opacity">
    <button type="button" class="icon-button" aria-label=${t('Nhạt hơn: {layer}', { layer: layer.title })}
      ?disabled=${opacity <= 0.05} @click=${() => step(-0.1)}>${icon('minus')}</button>
    <input type="range" min="5" max="100" step="5" .value=${String(Math.round(opacity * 100))}
      aria-label=${t('Độ đậm của {layer}', { layer: layer.title })} @input=${change} />
    <button type="button" class="icon-button" aria-label=${t('Đậm hơn: {layer}', { layer: layer.title })}
      ?disabled=${opacity >= 1} @click=${() => step(0.1)}>${icon('plus')}</button>
  </div>`;
}

function facts(layer: LayerInfo): TemplateResult {
  return html`<div class="facts">
    ${layer.description ? html`<p>${layer.description}</p>` : nothing}
    <p>${t('Nguồn: {source}', { source: layer.attribution })}</p>
    ${layer.updated ? html`<p>${t('Số liệu ngày {date}', { date: formatDate(layer.updated) })}</p>` : nothing}
    ${layer.count === null ? nothing : html`<p>${t('{count} đối tượng', { n: layer.count, count: formatNumber(layer.count) })}</p>`}
    <p><a href=${layer.page}>${t('Xem danh sách của lớp')}<span class="sr"> ${layer.title}</span></a></p>
  </div>`;
}

function matches(layer: LayerInfo, theme: Named, wanted: string): boolean {
  return wanted === '' || plain(`${layer.title} ${layer.id} ${theme.title}`).includes(wanted);
}

/** Lower case without marks, đ as d: how names are compared. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().trim();
}
