// What lies over the map: tools, scale, coordinates, zoom buttons and the crosshair.

import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { App } from '../app';
import { shownLayers } from '../app';
import { chooseScale } from '../choices';
import { formatDate, formatScale } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { roundedScale, SCALES, scaleOf } from '../map/scale';
import { coordinateBar } from './coordinates';
import { openList, totalOf } from './list';
import { startMeasure } from './measure';

export function toolbar(app: App): TemplateResult {
  const { layers, layersOpen, list, panel, width } = app.store.state;
  const total = totalOf(list.answer);
  const count = total ? html` <span class="number">${total}</span>` : nothing;
  return html`<div class="toolbar" role="group" aria-label=${t('Công cụ')}>
    <button type="button" id="open-layers" class="button float" aria-expanded=${layersOpen ? 'true' : 'false'} aria-controls="right"
      @click=${() => toggleLayers(app)}>${icon('layers')}<span>${t('Lớp')} <span class="number">${layers.size}</span></span></button>
    <button type="button" id="open-list" class="button float" aria-expanded=${panel === 'list' ? 'true' : 'false'} aria-controls="left"
      @click=${() => (panel === 'list' ? app.store.set({ panel: null }) : openList(app))}>${icon('list')}<span>${t('Danh sách')}${count}</span></button>
    ${
      width === 'phone'
        ? nothing
        : html`
      ${
        app.map
          ? html`<button type="button" class="button float" aria-pressed=${panel === 'measure' ? 'true' : 'false'}
        @click=${() => startMeasure(app, 'line')}>${icon('ruler')}<span>${t('Đo')}</span></button>
      <button type="button" class="button float" aria-haspopup="dialog" @click=${() => app.store.set({ dialog: 'print' })}>${icon('printer')}<span>${t('In')}</span></button>`
          : nothing
      }
      <button type="button" class="button float" aria-haspopup="dialog" @click=${() => app.store.set({ dialog: 'share' })}>${icon('share')}<span>${t('Chia sẻ')}</span></button>`
    }
    ${app.map && width !== 'phone' ? scaleSelect(app) : nothing}
  </div>`;
}

function toggleLayers(app: App): void {
  const { layersOpen } = app.store.state;
  app.store.set({ layersOpen: !layersOpen, stop: 'half' });
  if (!layersOpen) window.setTimeout(() => document.getElementById('layers-title')?.focus(), 50);
}

/** The corner with coordinates, scale bar and sources. */
export function mapFoot(app: App): TemplateResult {
  return html`<div class="map-corner">${app.map?.scaleBar}${coordinateBar(app)}</div>${attribution(app)}`;
}

function scaleSelect(app: App): TemplateResult {
  const { place } = app.store.state;
  const now = roundedScale(scaleOf(place.zoom, place.lat));
  const others = SCALES.filter((scale) => scale !== now);
  const choose = (event: Event) =>
    chooseScale(app, Number((event.target as HTMLSelectElement).value));
  return html`<label class="scale"><span class="sr">${t('Tỷ lệ bản đồ')}</span>
    <select class="number button float" @change=${choose}>
      <option value=${now} .selected=${live(true)}>${formatScale(now)}</option>
      ${others.map((scale) => html`<option value=${scale} .selected=${live(false)}>${formatScale(scale)}</option>`)}
    </select></label>`;
}

function attribution(app: App): TemplateResult {
  const layers = shownLayers(app);
  const sources = [...new Set(layers.map((layer) => layer.attribution).filter(Boolean))];
  const dates = layers.flatMap((layer) => (layer.updated ? [layer.updated] : [])).sort();
  const newest = dates.at(-1);
  return html`<details class="attribution">
    <summary>${t('Nguồn và ngày')}${newest ? html` <span class="number">${formatDate(newest)}</span>` : nothing}</summary>
    <p>${sources.join(' · ')}</p>
    <p>${t('Không thay văn bản pháp lý.')}</p>
  </details>`;
}

/** The zoom buttons have names that say what they do to what. */
export function zoomButtons(app: App): TemplateResult {
  return html`<div class="zoom" role="group" aria-label=${t('Phóng bản đồ')}>
    <button type="button" class="icon-button float" aria-label=${t('Phóng to bản đồ')} @click=${() => app.map?.map.zoomIn()}>${icon('plus')}</button>
    <button type="button" class="icon-button float" aria-label=${t('Thu nhỏ bản đồ')} @click=${() => app.map?.map.zoomOut()}>${icon('minus')}</button>
    <button type="button" class="icon-button float" aria-label=${t('Đến chỗ tôi đang đứng')} @click=${() => app.map?.locate.trigger()}>${icon('locate-fixed')}</button>
  </div>`;
}
