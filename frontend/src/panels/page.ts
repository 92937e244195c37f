// The whole page: which panel stands where, and what of the map they cover.

import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { App } from '../app';
import { t } from '../i18n';
import { closeCard } from '../selection';
import type { PageState } from '../state';
import { banner } from './banner';
import { cardPanel } from './card';
import { dialog } from './dialogs';
import { headerLinks } from './header';
import { layersPanel } from './layers';
import { listPanel } from './list';
import { measurePanel, stopMeasure } from './measure';
import { sheetHandle, sheetHeight } from './sheet';
import { mapFoot, toolbar, zoomButtons } from './tools';

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

export function drawPage(app: App): void {
  const { state } = app.store;
  document.documentElement.dataset.width = state.width;
  const left = leftPanel(app);
  render(headerLinks(app), byId('header-links'));
  panel('left', left === nothing ? null : leftName(state), left);
  const closeLayers = () => app.store.set({ layersOpen: false });
  const right = state.layersOpen ? withHandle(app, layersPanel(app), closeLayers) : nothing;
  panel('right', state.layersOpen ? t('Lớp và chú giải') : null, right);
  render(toolbar(app), byId('tools'));
  render(app.map ? html`${zoomButtons(app)}${mapFoot(app)}` : nothing, byId('over'));
  render(banner(app), byId('banner'));
  render(dialog(app), byId('dialogs'));
  byId('progress').hidden = !state.loading;
  for (const id of ['left', 'right']) byId(id).dataset.stop = state.stop;
}

function panel(id: string, name: string | null, content: TemplateResult | typeof nothing): void {
  const element = byId(id);
  element.hidden = name === null;
  if (name !== null) element.setAttribute('aria-label', name);
  render(content, element);
}

function leftPanel(app: App): TemplateResult | typeof nothing {
  const { state } = app.store;
  const close = () => closePanel(app);
  if (state.width !== 'desktop' && state.layersOpen) return nothing;
  if (state.panel === 'card') return withHandle(app, cardPanel(app), close);
  if (state.panel === 'measure') return withHandle(app, measurePanel(app), close);
  // Without a map the list is the map.
  if (state.panel === 'list' || !app.map) return withHandle(app, listPanel(app), close);
  return nothing;
}

function withHandle(app: App, content: TemplateResult, close: () => void): TemplateResult {
  return html`${app.map ? sheetHandle(app, close) : nothing}${content}`;
}

function leftName(state: PageState): string {
  if (state.panel === 'card') return t('Thẻ thông tin');
  return state.panel === 'measure' ? t('Đo trên bản đồ') : t('Danh sách');
}

/** What Escape and the sheet's last pull do. */
export function closePanel(app: App): void {
  const { panel: name } = app.store.state;
  if (name === 'measure') stopMeasure(app);
  else if (name === 'card') closeCard(app);
  else app.store.set({ panel: null });
}

/** The map's centre keeps to what the panels leave free. */
export function fitMap(app: App): void {
  const { map, store } = app;
  if (!map) return;
  const { width, stop } = store.state;
  const padding = { top: 0, right: 0, bottom: 0, left: 0 };
  const shown = (id: string) => !byId(id).hidden;
  if (width === 'phone') {
    const page = window.innerHeight;
    // A full sheet covers the map; its centre then stays where the half sheet left it.
    const height = sheetHeight(stop === 'full' ? 'half' : stop, page);
    if (shown('left') || shown('right')) padding.bottom = height;
  } else {
    if (shown('left')) padding.left = byId('left').offsetWidth;
    if (shown('right')) padding.right = byId('right').offsetWidth;
  }
  map.setPadding(padding);
}
