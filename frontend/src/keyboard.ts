// Keys of the page and of the map. Single letters act only while the map has the focus.

import type { App } from './app';
import { measureKey, startMeasure } from './panels/measure';
import { closePanel } from './panels/page';
import { focusCard, type SearchBox } from './panels/search';
import { pick, turnTo } from './selection';
import { NO_CARD } from './state';

/** Around the crosshair a finger-free hand cannot be exact to the pixel either. */
const CROSSHAIR_TOLERANCE = 8;

export function listenToKeys(app: App, search: SearchBox): void {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === 'F6') {
      event.preventDefault();
      cycleRegions(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') leave(app);
    else if (!app.store.state.settings.keys || isTyping(event.target) || hasModifier(event)) return;
    else if (event.key === '/') {
      event.preventDefault();
      search.focus();
    } else if (event.key === '?') app.store.set({ dialog: 'keys' });
    else if (event.code === 'BracketLeft') void turnTo(app, app.store.state.card.index - 1);
    else if (event.code === 'BracketRight') void turnTo(app, app.store.state.card.index + 1);
  });
  app.map?.canvas.addEventListener('keydown', (event) => mapKey(app, event));
}

function mapKey(app: App, event: KeyboardEvent): void {
  if (event.isComposing) return;
  if (measureKey(app, event.code)) {
    event.preventDefault();
    event.stopPropagation();
  } else if (event.code === 'Enter' || event.code === 'NumpadEnter') {
    event.preventDefault();
    const centre = app.map?.map.getCenter();
    if (centre) void pick(app, [centre.lng, centre.lat], CROSSHAIR_TOLERANCE).then(focusCard);
  } else if ((event.code === 'F10' && event.shiftKey) || event.code === 'ContextMenu') {
    event.preventDefault();
    showPlace(app);
    focusCard();
  } else if (app.store.state.settings.keys && event.code === 'KeyM' && !hasModifier(event)) {
    void startMeasure(app, 'line');
  }
}

/** The coordinates of a point, without asking what lies there. */
export function showPlace(app: App, at?: [number, number]): void {
  const centre = app.map?.map.getCenter();
  const point = at ?? (centre ? ([centre.lng, centre.lat] as [number, number]) : null);
  if (!point) return;
  app.map?.showSelected(null, '');
  app.map?.markPoint(point);
  const layersOpen = app.store.state.width === 'desktop' && app.store.state.layersOpen;
  app.store.set({ panel: 'card', layersOpen, selected: null, card: { ...NO_CARD, point } });
}

function leave(app: App): void {
  const { dialog, panel, layersOpen, width } = app.store.state;
  if (dialog !== null) return; // the browser closes its own dialog
  const typing = isTyping(document.activeElement);
  if (layersOpen && width !== 'desktop') app.store.set({ layersOpen: false });
  else if (panel && !typing) {
    closePanel(app);
    (app.map?.canvas ?? document.getElementById('search-input'))?.focus();
  }
}

const REGIONS = ['header', 'left', 'map', 'tools', 'right'];

/** F6: from one region of the page to the next, skipping those that are closed. */
function cycleRegions(step: number): void {
  const regions = REGIONS.map((id) => document.getElementById(id)).filter(
    (element): element is HTMLElement => element !== null && !element.hidden,
  );
  const now = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(now + step + regions.length) % regions.length];
  const inside = 'canvas, h2[tabindex], button, a[href], input, select, summary';
  next?.querySelector<HTMLElement>(inside)?.focus();
}

function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.altKey || event.metaKey;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const kind = target instanceof HTMLInputElement ? target.type : '';
  const letters = ['text', 'search', 'number'].includes(kind);
  return letters || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
