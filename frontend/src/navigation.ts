// The address bar follows the page, and the Back button leads back through it.

import type { App } from './app';
import { chooseAll } from './choices';
import { closeCard, openFeature } from './selection';
import type { PageState, Panel, Stop } from './state';
import { formatAddress, parseAddress, type Reference } from './url';

/** What an entry of the browser's history remembers beside its address. */
interface Entry {
  step: string;
  layersOpen: boolean;
  stop: Stop;
}

const MOVE_PAUSE = 250;
let moveTimer = 0;
let restoring = false;

export function addressOf(state: PageState): string {
  return formatAddress({
    place: state.place,
    style: state.style,
    basemap: state.basemap === 'plain' ? null : state.basemap,
    layers: state.layersChosen ? state.layers : null,
    selected: state.selected,
    panel: state.panel === 'card' ? null : state.panel,
  });
}

/** The same page in another language; the state goes along. */
export function addressIn(lang: string, state: PageState): string {
  return `${location.pathname}?lang=${lang}${addressOf(state)}`;
}

export function followState(app: App): void {
  history.replaceState(entry(app.store.state), '', location.href);
  app.store.subscribe((state) => {
    if (restoring) return;
    window.clearTimeout(moveTimer);
    if (step(state) !== (history.state as Entry | null)?.step) {
      history.pushState(entry(state), '', href(state));
    } else {
      moveTimer = window.setTimeout(() => replace(app), MOVE_PAUSE);
    }
  });
  window.addEventListener('popstate', async () => {
    restoring = true;
    window.clearTimeout(moveTimer);
    await restore(app, history.state as Entry | null);
    restoring = false;
    replace(app);
  });
}

/** A wandering map does not fill the history: it renews the entry it is in. */
function replace(app: App): void {
  history.replaceState(entry(app.store.state), '', href(app.store.state));
}

function href(state: PageState): string {
  return location.pathname + location.search + addressOf(state);
}

function entry(state: PageState): Entry {
  return { step: step(state), layersOpen: state.layersOpen, stop: state.stop };
}

/** What counts as a step that Back undoes: everything but the position and the opacities. */
function step(state: PageState): string {
  const layers = new Map([...state.layers.keys()].map((id) => [id, 1] as [string, number]));
  const address = parseAddress(addressOf(state));
  const sheet = state.width === 'phone' ? `|${state.stop}|${state.layersOpen}` : '';
  return formatAddress({ ...address, place: null, layers: address.layers && layers }) + sheet;
}

async function restore(app: App, known: Entry | null): Promise<void> {
  const address = parseAddress(location.hash);
  const { state } = app.store;
  if (known) app.store.set({ stop: known.stop });
  if (known && state.width !== 'desktop') app.store.set({ layersOpen: known.layersOpen });
  const selection = restoreSelection(app, address.selected, panelOf(address.panel));
  // The panels move when the state has settled; the place is the middle of what they leave free.
  await Promise.resolve();
  if (address.place) app.map?.jumpTo(address.place);
  const style = address.style ?? state.style;
  const basemap = address.basemap ?? 'plain';
  const wanted = formatAddress({ ...address, place: null, selected: null, panel: null, style });
  const present = parseAddress(addressOf(state));
  if (wanted !== formatAddress({ ...present, place: null, selected: null, panel: null })) {
    await chooseAll(app, style, basemap, address.layers);
  }
  await selection;
}

async function restoreSelection(
  app: App,
  wanted: Reference | null,
  panel: Panel | null,
): Promise<void> {
  const { selected } = app.store.state;
  if (!wanted) closeCard(app);
  app.store.set({ panel: panel ?? (wanted ? 'card' : null) });
  if (wanted && (wanted.layer !== selected?.layer || wanted.id !== selected.id)) {
    await openFeature(app, wanted.layer, wanted.id, false);
  }
}

export function panelOf(name: string | null): Panel | null {
  return name === 'list' || name === 'measure' ? name : null;
}
