// The layer panel: style and basemap, what is switched on with its legend, and the tree of all layers.

import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { LayerInfo, Named } from '../api.types';
import type { App } from '../app';
import { chooseBasemap, chooseStyle, toggleLayer } from '../choices';
import { t } from '../i18n';
import { icon } from '../icons';
import { legend } from './legend';

export function layersPanel(app: App): TemplateResult {
  const { layers, layerFilter, style, basemap } = app.store.state;
  return html`<header class="panel-head">
      <h2 id="layers-title" tabindex="-1">${t('Lớp ({n})', { n: layers.size })}</h2>
      <button type="button" class="icon-button" aria-label=${t('Đóng bảng lớp')}
        @click=${() => closeLayers(app)}>${icon('x')}</button>
    </header>
    <div class="panel-body">
      <div class="field-pair">
        ${choice('style', t('Kiểu bản đồ'), app.catalogue.styles, style, (id) => chooseStyle(app, id))}
        ${choice('basemap', t('Bản đồ nền'), app.catalogue.basemaps, basemap, (id) => chooseBasemap(app, id))}
      </div>
      ${legend(app)}
      <section class="all-layers" aria-labelledby="all-layers-title">
        <h3 id="all-layers-title">${t('Tất cả các lớp')}</h3>
        <div class="field">
          <label for="layer-filter">${t('Lọc theo tên')}</label>
          <input id="layer-filter" type="search" autocomplete="off" .value=${layerFilter}
            @input=${(event: Event) => filter(app, event)} />
        </div>
        <div>${themes(app)}</div>
      </section>
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
  name: string,
  title: string,
  options: Named[],
  chosen: string,
  choose: (id: string) => void,
): TemplateResult {
  return html`<div class="field">
    <label for=${`choose-${name}`}>${title}</label>
    <select id=${`choose-${name}`} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      ${options.map(
        (option) =>
          html`<option value=${option.id} .selected=${live(option.id === chosen)}>${option.title}</option>`,
      )}
    </select>
  </div>`;
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
  return html`<details class="theme" ?open=${open}>
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
  return html`<label class="layer-name">
    <input type="checkbox" name="layer" value=${layer.id} .checked=${live(app.store.state.layers.has(layer.id))}
      @change=${() => toggleLayer(app, layer.id)} />
    <span>${layer.title}${layer.internal ? html` <span class="tag">${t('Nội bộ')}</span>` : nothing}</span>
  </label>`;
}

function matches(layer: LayerInfo, theme: Named, wanted: string): boolean {
  return wanted === '' || plain(`${layer.title} ${layer.id} ${theme.title}`).includes(wanted);
}

/** Lower case without marks, đ as d: how names are compared. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().trim();
}
