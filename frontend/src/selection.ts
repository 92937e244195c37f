// Picking on the map, opening a feature, paging through what lies at one point.

import { announce } from './announce';
import { ApiError, isAbort } from './api';
import type { Card, LonLat } from './api.types';
import { type App, askableLayers, layerInfo } from './app';
import { t } from './i18n';
import { NO_CARD, type Stop } from './state';

let request: AbortController | null = null;

/** Asks what lies at a point; the first answer becomes the card. */
export async function pick(app: App, point: LonLat, tolerance: number): Promise<void> {
  const signal = restart();
  const { zoom } = app.store.state.place;
  app.store.set({
    panel: 'card',
    stop: stopFor(app),
    layersOpen: app.store.state.width === 'desktop' && app.store.state.layersOpen,
    card: { ...NO_CARD, status: 'loading', point },
    pointer: { point, from: 'picked' },
  });
  // The panel stands when the state has settled; it must not hide what was picked.
  window.setTimeout(() => app.map?.reveal(point));
  try {
    const { hits } = await app.api.identify(point, zoom, askableLayers(app), tolerance, signal);
    if (hits.length > 0) await show(app, hits, 0, point, signal);
    else nothingThere(app, point);
  } catch (error) {
    failed(app, error, point);
  }
}

/** Opens one feature by its layer and id, from a list, a search or an address. */
export async function openFeature(
  app: App,
  layer: string,
  id: string | number,
  move: boolean,
): Promise<void> {
  const signal = restart();
  const desktop = app.store.state.width === 'desktop';
  app.store.set({
    panel: 'card',
    stop: stopFor(app),
    layersOpen: desktop && app.store.state.layersOpen,
    card: { ...NO_CARD, status: 'loading' },
    pointer: null,
    ...(typeof id === 'string' ? { selected: { layer, id } } : {}),
  });
  try {
    const card = await app.api.feature(layer, id, signal);
    await show(app, [card], 0, null, signal);
    if (move) app.map?.goTo({ box: card.bbox, point: card.point });
  } catch (error) {
    failed(app, error, null);
  }
}

/** The next or previous feature at the same point, or the one chosen from their list. */
export async function turnTo(app: App, index: number): Promise<void> {
  const { hits, point } = app.store.state.card;
  if (index < 0 || index >= hits.length) return;
  try {
    await show(app, hits, index, point, restart());
  } catch (error) {
    if (!isAbort(error)) app.map?.showSelected(null, '');
  }
}

export function closeCard(app: App): void {
  request?.abort();
  app.map?.showSelected(null, '');
  app.map?.overlay.preview(null);
  app.store.set({ card: NO_CARD, selected: null, panel: null });
}

/** Lights a feature up without opening it, as when a row of a list has the focus. */
export async function previewFeature(app: App, layer: string, id: string): Promise<void> {
  if (!app.map) return;
  const card = app.store.state.card.hits.find((hit) => hit.layer === layer && hit.id === id);
  if (card?.geometry) {
    app.map.overlay.preview(card.geometry);
    return;
  }
  try {
    const { geometry } = await app.api.feature(layer, id);
    app.map.overlay.preview(geometry ?? null);
  } catch {
    app.map.overlay.preview(null); // a preview that does not come is no loss
  }
}

async function show(
  app: App,
  hits: Card[],
  index: number,
  point: LonLat | null,
  signal: AbortSignal,
): Promise<void> {
  const hit = hits[index];
  if (!hit) return;
  app.store.set({
    card: { status: 'ready', hits, index, point, message: '' },
    selected: { layer: hit.layer, id: hit.id },
    panel: 'card',
  });
  announce(hits.length > 1 ? `${hit.title}. ${pageOf(index, hits.length)}` : hit.title);
  const whole = hit.geometry ? hit : await app.api.feature(hit.layer, hit.id, signal);
  if (signal.aborted) return;
  const known = app.store.state.card.hits.map((each) => (each.id === whole.id ? whole : each));
  app.store.set({ card: { ...app.store.state.card, hits: known } });
  app.map?.overlay.preview(null);
  app.map?.showSelected(whole.geometry ?? null, labelOf(app, whole));
}

function pageOf(index: number, total: number): string {
  return t('{n} trên {total}', { n: index + 1, total });
}

function nothingThere(app: App, point: LonLat): void {
  app.map?.showSelected(null, '');
  app.map?.markPoint(point);
  app.store.set({ card: { ...NO_CARD, status: 'empty', point }, selected: null });
  announce(t('Không có gì ở điểm này trong các lớp đang bật.'));
}

function failed(app: App, error: unknown, point: LonLat | null): void {
  if (isAbort(error)) return;
  const message =
    error instanceof ApiError && error.detail
      ? error.detail
      : t('Chưa hỏi được máy chủ. Thử lại sau ít phút.');
  app.store.set({ card: { ...NO_CARD, status: 'failed', point, message } });
  announce(message);
}

/** A card that is already open keeps its height; a new one takes half the screen. */
function stopFor(app: App): Stop {
  const { panel, layersOpen, stop } = app.store.state;
  return panel === 'card' && !layersOpen && stop !== 'full' ? stop : 'half';
}

function labelOf(app: App, card: Card): string {
  const text = layerInfo(app, card.layer)?.label ?? '';
  const filled = text.replace(/\{(\w+)\}/g, (_, field) => {
    const row = card.rows.find((each) => each.field === field);
    return row ? (row.code ?? row.value) : '';
  });
  return filled.trim();
}

function restart(): AbortSignal {
  request?.abort();
  request = new AbortController();
  return request.signal;
}
