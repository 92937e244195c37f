// The list that equals the map: the features of the layers switched on, nearest to the centre first.

import { announce } from './announce';
import { isAbort } from './api';
import { type App, askableLayers } from './app';
import { formatNumber, formatScale } from './format';
import { t } from './i18n';
import { roundedScale, scaleOf } from './map/scale';
import { NO_LIST } from './state';

const LIMIT = 50;
const PAUSE = 800;

let timer = 0;
let request: AbortController | null = null;

/** Asks for the list again once the map has come to rest. */
export function renewListing(app: App, pause = PAUSE): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => renewNow(app), pause);
}

async function renewNow(app: App): Promise<void> {
  request?.abort();
  request = new AbortController();
  const layers = askableLayers(app);
  const { box, place } = app.store.state;
  if (layers.length === 0) {
    app.store.set({ list: { ...NO_LIST, status: 'ready' } });
    return;
  }
  app.store.set({ list: { ...app.store.state.list, status: 'loading' } });
  try {
    const near: [number, number] = [place.lon, place.lat];
    const answer = await app.api.features(layers, box, near, LIMIT, request.signal);
    app.store.set({ list: { status: 'ready', answer } });
    if (app.map) announce(whereabouts(app, answer.total));
  } catch (error) {
    if (!isAbort(error)) app.store.set({ list: { ...NO_LIST, status: 'failed' } });
  }
}

/** Place, scale and count: what a look at the map would tell. */
function whereabouts(app: App, total: number | null): string {
  const { place } = app.store.state;
  const name = placeName(app);
  const scale = formatScale(roundedScale(scaleOf(place.zoom, place.lat)));
  const count =
    total === null
      ? ''
      : t('{count} đối tượng trong khung nhìn', { n: total, count: formatNumber(total) });
  if (app.map) app.map.canvas.setAttribute('aria-label', mapName(name));
  return [name, t('tỷ lệ {scale}', { scale }), count].filter(Boolean).join(', ');
}

function mapName(place: string): string {
  return place ? t('Bản đồ, {place}', { place }) : t('Bản đồ');
}

/** The commune in the middle of the view, as far as its tile has come. */
function placeName(app: App): string {
  const theme = app.catalogue.layers.find((layer) => layer.id === 'commune')?.theme;
  const name = theme && app.map?.nameAtMiddle(theme, 'commune');
  return typeof name === 'string' ? name : '';
}
