// The reader's choices of style, basemap and layers, and how they reach the map.

import type { StyleSpecification } from 'maplibre-gl';
import { announce } from './announce';
import { isAbort } from './api';
import type { App } from './app';
import { layerInfo } from './app';
import { t } from './i18n';
import { roundedScale, zoomFor } from './map/scale';
import { type Choices, type ClassFocus, layersOfStyle, outlinedLayers } from './map/style';
import type { PageState } from './state';

let request: AbortController | null = null;

export function choicesOf(state: PageState): Choices {
  return { layers: state.layers, patterns: state.settings.patterns, focus: state.focus };
}

export function toggleLayer(app: App, id: string): void {
  const layers = new Map(app.store.state.layers);
  const title = layerInfo(app, id)?.title ?? id;
  if (layers.delete(id)) announce(t('Đã tắt {layer}', { layer: title }));
  else {
    layers.set(id, 1);
    announce(t('Đã bật {layer}', { layer: title }));
  }
  const { focus } = app.store.state;
  app.store.set({ layers, layersChosen: true, focus: focus?.layer === id ? null : focus });
}

export function setOpacity(app: App, id: string, opacity: number): void {
  const layers = new Map(app.store.state.layers);
  layers.set(id, Math.min(1, Math.max(0.05, Math.round(opacity * 20) / 20)));
  app.store.set({ layers, layersChosen: true });
}

/** Chooses one class of a legend, or lets go of it when it was chosen already. */
export function chooseClass(app: App, wanted: ClassFocus): void {
  const now = app.store.state.focus;
  const same = now?.layer === wanted.layer && now.values.join() === wanted.values.join();
  app.store.set({ focus: same ? null : wanted });
}

/** Another theme of the map, with its own choice of layers. */
export async function chooseStyle(app: App, id: string): Promise<void> {
  const style = await fetchStyle(app, id, app.store.state.basemap);
  if (!style) return;
  const layers = new Map(layersOfStyle(style).map((layer) => [layer, 1] as [string, number]));
  const outlined = outlinedLayers(style);
  app.store.set({ style: id, layers, layersChosen: false, focus: null, outlined });
  app.map?.restyle(style, choicesOf(app.store.state));
}

export async function chooseBasemap(app: App, id: string): Promise<void> {
  const style = await fetchStyle(app, app.store.state.style, id);
  if (!style) return;
  app.store.set({ basemap: id });
  app.map?.restyle(style, choicesOf(app.store.state));
}

/** Style, basemap and layers at once, as an address names them. */
export async function chooseAll(
  app: App,
  style: string,
  basemap: string,
  layers: Map<string, number> | null,
): Promise<void> {
  const document = await fetchStyle(app, style, basemap);
  if (!document) return;
  const own = new Map(layersOfStyle(document).map((layer) => [layer, 1] as [string, number]));
  const outlined = outlinedLayers(document);
  app.store.set({ style, basemap, layers: layers ?? own, layersChosen: layers !== null, outlined });
  app.map?.restyle(document, choicesOf(app.store.state));
}

/** Comes so near that a layer begins to be drawn. */
export function zoomToLayer(app: App, id: string): void {
  const layer = layerInfo(app, id);
  if (layer) app.map?.map.easeTo({ zoom: layer.minzoom + 0.5 });
}

export function chooseScale(app: App, denominator: number): void {
  const { lat } = app.store.state.place;
  app.map?.map.easeTo({ zoom: zoomFor(roundedScale(denominator), lat) });
}

async function fetchStyle(
  app: App,
  style: string,
  basemap: string,
): Promise<StyleSpecification | null> {
  request?.abort();
  request = new AbortController();
  try {
    return (await app.api.style(style, basemap, request.signal)) as StyleSpecification;
  } catch (error) {
    if (!isAbort(error)) announce(t('Chưa đổi được kiểu bản đồ. Thử lại sau ít phút.'));
    return null;
  }
}
