// The start: fetch what the page needs all at once, draw the map, then the panels around it.

import './styles/fonts.css';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/panels.css';
import './styles/print.css';
import { AJAXError, type StyleSpecification } from 'maplibre-gl';
import { Api } from './api';
import type { Box, Catalogue } from './api.types';
import type { App } from './app';
import { readBoot } from './boot';
import { choicesOf } from './choices';
import { watchConnection } from './connection';
import { setLanguage, t } from './i18n';
import { installIcons } from './icons';
import { listenToKeys } from './keyboard';
import { renewListing } from './listing';
import { countInView } from './map/inview';
import { hasWebGL, MapView } from './map/map';
import { layersOfStyle, outlinedLayers } from './map/style';
import { followState, panelOf } from './navigation';
import { byId, drawPage, fitMap } from './panels/page';
import { SearchBox } from './panels/search';
import { listenToPointer } from './pointer';
import { openFeature } from './selection';
import { applySettings, loadSettings } from './settings';
import { NO_CARD, NO_LIST, type PageState, widthNow } from './state';
import { Store } from './store';
import { type Address, parseAddress } from './url';

const DEFAULT_STYLE = 'planning';
const LEGEND_PAUSE = 250;
const LABEL_FONTS = ['400 16px "Be Vietnam Pro"', '600 16px "Be Vietnam Pro SemiBold"'];

async function start(): Promise<void> {
  const boot = readBoot();
  const settings = loadSettings();
  applySettings(settings);
  installIcons();
  const api = new Api(boot.lang);
  const address = parseAddress(location.hash);
  // Everything at once. Labels drawn before their font has come would lose their tone marks.
  const [catalogue, messages, style] = await Promise.all([
    api.catalogue(boot.catalogue),
    api.messages(boot.messages),
    api.style(address.style ?? DEFAULT_STYLE, address.basemap ?? 'plain'),
    ...LABEL_FONTS.map((font) => document.fonts.load(font, 'Đường Ẵ')),
  ]);
  setLanguage(boot.lang, messages);
  const document_ = style as StyleSpecification;
  const state = firstState(address, catalogue, document_, settings);
  const app: App = { boot, api, catalogue, store: new Store(state), map: null, crs: null };
  if (hasWebGL()) drawMap(app, document_, address);
  else byId('map').replaceChildren(byId('no-webgl'));
  byId('no-webgl').hidden = app.map !== null;
  furnish(app, address);
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
    style: address.style ?? DEFAULT_STYLE,
    basemap: address.basemap ?? 'plain',
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

function drawMap(app: App, style: StyleSpecification, address: Address): void {
  const { catalogue, store } = app;
  app.map = new MapView({
    container: byId('map'),
    style,
    choices: choicesOf(store.state),
    motifs: catalogue.motifs,
    place: address.place,
    bounds: catalogue.view.bounds,
  });
  const view = app.map;
  const { map } = view;
  let legendTimer = 0;
  const look = () => {
    window.clearTimeout(legendTimer);
    legendTimer = window.setTimeout(() => {
      store.set({ inView: countInView(view.featuresInView(), catalogue.layers) });
    }, LEGEND_PAUSE);
  };
  const moved = () => store.set({ place: view.place, box: view.box });
  map.on('moveend', moved);
  map.on('idle', () => {
    store.set({ loading: false });
    look();
  });
  map.on('dataloading', (event) => {
    if (event.dataType === 'source' && 'tile' in event) store.set({ loading: true });
  });
  map.on('error', ({ error }) => noteMapError(app, error));
  map.once('load', () => {
    performance.mark('map-painted');
    moved();
  });
}

/** Tiles that do not come are the first sign of a lost connection. */
function noteMapError(app: App, error: unknown): void {
  if (error instanceof AJAXError && error.status >= 500) app.api.onReach('failing');
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
  void loadCrs(app);
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

async function loadCrs(app: App): Promise<void> {
  const { LegalCrs } = await import('./map/crs');
  app.crs = new LegalCrs(app.catalogue.crs);
  app.store.set({});
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

start().catch((error: unknown) => {
  const notice = byId('start-failed');
  notice.hidden = false;
  notice.querySelector('p')?.append(` ${t('Tải lại trang sau ít phút.')}`);
  throw error;
});
