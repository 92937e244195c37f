// The viewer: the map first, then the panels around it, and what follows from each change.

import { AJAXError, type StyleSpecification } from 'maplibre-gl';
import type { Api } from './api';
import type { Box, Catalogue } from './api.types';
import { type App, legalCrs } from './app';
import type { Boot } from './boot';
import { choicesOf } from './choices';
import { watchConnection } from './connection';
import { setLanguage } from './i18n';
import { installIcons } from './icons';
import { listenToKeys } from './keyboard';
import { renewListing } from './listing';
import { countInView } from './map/inview';
import { MapView } from './map/map';
import { layersOfStyle, outlinedLayers } from './map/style';
import { followState, panelOf } from './navigation';
import { byId, drawPage, fitMap } from './panels/page';
import { SearchBox } from './panels/search';
import { listenToPointer } from './pointer';
import { openFeature } from './selection';
import { applySettings, loadSettings } from './settings';
import { NO_CARD, NO_LIST, type PageState, widthNow } from './state';
import { Store } from './store';
import type { Address } from './url';

const LEGEND_PAUSE = 250;

/** What was asked for at the start and may still be on its way. */
export interface Coming {
  catalogue: Promise<Catalogue>;
  messages: Promise<Record<string, string>>;
  style: Promise<unknown>;
  fonts: Promise<unknown>;
}

export async function openViewer(
  boot: Boot,
  api: Api,
  address: Address,
  coming: Coming,
): Promise<void> {
  const settings = loadSettings();
  applySettings(settings);
  installIcons();
  setLanguage(boot.lang, await coming.messages);
  // The engine starts its graphics and its workers while the catalogue is still on its way.
  const map = makeMap();
  const [catalogue, style] = await Promise.all([coming.catalogue, coming.style, coming.fonts]);
  const document_ = style as StyleSpecification;
  const state = firstState(address, catalogue, document_, settings);
  const app: App = { boot, api, catalogue, store: new Store(state), map, crs: null };
  if (map) drawMap(app, map, document_, address);
  else byId('stage').classList.add('no-map');
  byId('no-webgl').hidden = map !== null;
  furnish(app, address);
}

/** Null in a browser that cannot draw: everything but the map then works all the same. */
function makeMap(): MapView | null {
  try {
    return new MapView(byId('map'));
  } catch {
    byId('map').replaceChildren();
    return null;
  }
}

function firstState(
  address: Address,
  catalogue: Catalogue,
  style: StyleSpecification,
  settings: PageState['settings'],
): PageState {
  const [west, south, east, north] = catalogue.view.bounds;
  const width = widthNow();
  const own = new Map(layersOfStyle(style).map((layer) => [layer, 1] as [string, number]));
  return {
    place: address.place ?? { zoom: 11, lat: (south + north) / 2, lon: (west + east) / 2 },
    box: address.place ? around(address.place.lon, address.place.lat) : catalogue.view.bounds,
    style: address.style ?? '',
    basemap: address.basemap ?? '',
    layers: address.layers ?? own,
    layersChosen: address.layers !== null,
    focus: null,
    outlined: outlinedLayers(style),
    panel: panelOf(address.panel),
    layersOpen: width === 'desktop',
    stop: 'half',
    dialog: null,
    width,
    card: NO_CARD,
    selected: address.selected,
    list: NO_LIST,
    inView: new Map(),
    pointer: null,
    measure: null,
    settings,
    connection: { status: 'ok', since: null },
    loading: false,
    layerFilter: '',
  };
}

function drawMap(app: App, view: MapView, style: StyleSpecification, address: Address): void {
  const { catalogue, store } = app;
  const { map } = view;
  let legendTimer = 0;
  const look = () => {
    window.clearTimeout(legendTimer);
    legendTimer = window.setTimeout(() => {
      store.set({ inView: countInView(view.featuresInView(), catalogue.layers) });
    }, LEGEND_PAUSE);
  };
  const moved = () => {
    // While the page is being printed the map has no size, and sees nothing.
    if (view.canvas.clientWidth > 0) store.set({ place: view.place, box: view.box });
  };
  map.on('moveend', moved);
  map.on('idle', () => {
    store.set({ loading: false });
    look();
  });
  map.on('dataloading', (event) => {
    if (event.dataType === 'source' && 'tile' in event) store.set({ loading: true });
  });
  map.on('error', ({ error }) => noteMapError(app, error));
  // The panels that will stand beside the map are known already: its middle is that of the rest.
  document.documentElement.dataset.width = store.state.width;
  byId('right').hidden = !store.state.layersOpen;
  byId('left').hidden = store.state.panel === null && address.selected === null;
  fitMap(app);
  const painted = () => {
    if (!map.isStyleLoaded() || !map.areTilesLoaded()) return;
    map.off('render', painted);
    performance.mark('map-painted');
  };
  map.on('render', painted);
  store.set({ loading: true });
  view.open({
    style,
    choices: choicesOf(store.state),
    motifs: catalogue.motifs,
    place: address.place,
    bounds: catalogue.view.bounds,
    minzoom: catalogue.view.minzoom,
  });
  moved();
}

/** Tiles that do not come are the first sign of a lost connection. */
function noteMapError(app: App, error: unknown): void {
  if (error instanceof AJAXError && error.status === 401) app.api.onReach('expired');
  else if (error instanceof AJAXError && error.status >= 500) app.api.onReach('failing');
  else if (error instanceof TypeError) app.api.onReach('unreachable');
}

/** Everything around the map. */
function furnish(app: App, address: Address): void {
  const { store } = app;
  for (const id of ['header-links', 'search']) byId(id).replaceChildren();
  const search = new SearchBox(app, byId('search'));
  store.subscribe((state, before) => {
    drawPage(app);
    fitMap(app);
    react(app, state, before);
  });
  watchConnection(app);
  followState(app);
  listenToPointer(app);
  listenToKeys(app, search);
  placeCrosshair(app);
  window.addEventListener('resize', () => store.set({ width: widthNow() }));
  drawPage(app);
  fitMap(app);
  renewListing(app);
  // What nobody sees at first must not compete with the first picture.
  const afterwards = () => {
    void legalCrs(app);
    void import('./panels/print').then(({ printWhenAsked }) => printWhenAsked(app));
  };
  if (app.map) app.map.map.once('idle', afterwards);
  else afterwards();
  if (address.selected) {
    void openFeature(app, address.selected.layer, address.selected.id, address.place === null);
  }
}

/** What else follows from a change: the map's dress, and the list that equals it. */
function react(app: App, state: PageState, before: PageState): void {
  const dressed = state.layers !== before.layers || state.focus !== before.focus;
  if (dressed || state.settings !== before.settings) app.map?.choose(choicesOf(state));
  if (state.box !== before.box || state.layers !== before.layers) renewListing(app);
}

/** The crosshair stands where Enter picks: in the middle of what no panel covers. */
function placeCrosshair(app: App): void {
  const view = app.map;
  if (!view) return;
  const cross = byId('crosshair');
  const place = () => {
    const { x, y } = view.map.project(view.map.getCenter());
    cross.style.transform = `translate(${x}px, ${y}px)`;
  };
  view.canvas.addEventListener('focus', () => {
    cross.hidden = !view.canvas.matches(':focus-visible');
    place();
  });
  view.canvas.addEventListener('blur', () => {
    cross.hidden = true;
  });
  view.map.on('move', place);
}

function around(lon: number, lat: number): Box {
  return [lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01];
}
