// What the parts of the page share: the server, the state, the catalogue and the map.

import type { Api } from './api';
import type { Catalogue, LayerInfo } from './api.types';
import type { Boot } from './boot';
import type { LegalCrs } from './map/crs';
import type { MapView } from './map/map';
import type { PageState } from './state';
import type { Store } from './store';

export interface App {
  boot: Boot;
  api: Api;
  catalogue: Catalogue;
  store: Store<PageState>;
  /** Null in a browser that cannot draw a map. */
  map: MapView | null;
  /** Null until its code has been loaded. */
  crs: LegalCrs | null;
}

export function layerInfo(app: App, id: string): LayerInfo | undefined {
  return app.catalogue.layers.find((layer) => layer.id === id);
}

/** Layers that are switched on, in the catalogue's order. */
export function shownLayers(app: App): LayerInfo[] {
  const on = app.store.state.layers;
  return app.catalogue.layers.filter((layer) => on.has(layer.id));
}

/** Shown layers that have something to tell at the present zoom. */
export function askableLayers(app: App): string[] {
  const { zoom } = app.store.state.place;
  const within = (layer: LayerInfo) => !app.map || zoom >= layer.minzoom;
  return shownLayers(app)
    .filter(within)
    .map((layer) => layer.id);
}

/** The legal coordinate system, whose code is loaded when it is first needed. */
export async function legalCrs(app: App): Promise<LegalCrs> {
  const { LegalCrs: Crs } = await import('./map/crs');
  if (!app.crs) {
    app.crs = new Crs(app.catalogue.crs);
    app.store.set({});
  }
  return app.crs;
}
