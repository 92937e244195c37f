// Opening the editor: the draft from the server, the copy in this browser, the map, and what listens to what.

import type { StyleSpecification } from 'maplibre-gl';
import type { Api } from '../api';
import type { Catalogue } from '../api.types';
import { DraftLayers } from '../draw/layers';
import { Sketch } from '../draw/sketch';
import { t } from '../i18n';
import { installIcons } from '../icons';
import { LegalCrs } from '../map/crs';
import { MapView } from '../map/map';
import { layersOfStyle } from '../map/style';
import { byId } from '../panels/page';
import { applySettings, loadSettings } from '../settings';
import { widthNow } from '../state';
import { Store } from '../store';
import { formatAddress, parseAddress } from '../url';
import { type Changeset, keyOf } from './changeset';
import { askOperations, followMap, paint, showDraft } from './drafted';
import { addPoint, choose, restoreEntry, setPoints } from './entry';
import { Keep, type Kept, type KeptEntry } from './keep';
import { listenToKeys } from './keys';
import { drawPage } from './panels/page';
import { canEdit, type EditBoot, type Editor, type EditState } from './state';
import { checkQuietly, preview, retry } from './work';

/** The draft draws these itself, and tiles would show them as they are in the register. */
const DRAWN = new Set(['parcel', 'road_surface', 'water_body']);

export interface Coming {
  style: Promise<unknown>;
  catalogue: Promise<Catalogue>;
  fonts: Promise<unknown>;
}

export async function openEditor(boot: EditBoot, api: Api, coming: Coming): Promise<void> {
  const settings = loadSettings();
  applySettings(settings);
  installIcons();
  const changeset = await theDraft(boot, api);
  const [catalogue, style] = await Promise.all([coming.catalogue, coming.style, coming.fonts]);
  const keep = new Keep(changeset.id, localStorage);
  const kept = keep.read();
  const editor: Editor = {
    boot,
    api,
    catalogue,
    crs: new LegalCrs(catalogue.crs),
    keep,
    store: new Store(firstState(changeset, kept)),
    view: makeMap(),
    layers: null,
    sketch: null,
  };
  byId('no-webgl').hidden = editor.view !== null;
  if (editor.view) drawMap(editor, editor.view, style as StyleSpecification);
  byId('head').replaceChildren();
  listen(editor, settings.keys);
  drawPage(editor);
  if (kept?.entry && canEdit(editor)) restoreWhenThere(editor, kept.entry);
  await Promise.all([askOperations(editor), showDraft(editor), checkQuietly(editor)]);
}

/** The form comes back as soon as the areas that were chosen for it are there, unless another is begun. */
function restoreWhenThere(editor: Editor, entry: KeptEntry): void {
  let waits = true;
  editor.store.subscribe(({ listed, operation, selected }) => {
    if (operation !== null || selected.length > 0) waits = false;
    if (waits && listed === 'ready') waits = !restoreEntry(editor, entry);
  });
}

/** The dossier's open draft, or the one that the address names. */
async function theDraft(boot: EditBoot, api: Api): Promise<Changeset> {
  if (boot.changeset) return api.get(`/api/v1/changesets/${boot.changeset}`, {});
  return api.post(`/api/v1/dossiers/${boot.dossier}/changesets`, {}, boot.csrf);
}

function makeMap(): MapView | null {
  try {
    return new MapView(byId('map'));
  } catch {
    byId('map').replaceChildren();
    return null;
  }
}

function firstState(changeset: Changeset, kept: Kept | null): EditState {
  // A draft that has moved on since got the request after all, or somebody else's.
  const waits = kept?.pending && kept.pending.body.version === changeset.version;
  return {
    changeset,
    issues: null,
    checkedAt: null,
    features: new Map(),
    listed: 'loading',
    truncated: false,
    // The parcels of the dossier, unless a form is about to come back with its own, or they are changed.
    selected: kept?.entry || changeset.changes.length > 0 ? [] : (changeset.about ?? []).map(keyOf),
    operations: [],
    operation: null,
    fields: {},
    points: [],
    hanging: null,
    snap: null,
    snapping: true,
    preview: null,
    problem: null,
    busy: null,
    saving: waits ? 'local' : 'saved',
    pending: waits ? kept.pending : null,
    side: 'both',
    issue: null,
    dialog: null,
    note: '',
    conflicts: [],
    choices: {},
    pasted: null,
    connection: 'ok',
    width: widthNow(),
  };
}

function drawMap(editor: Editor, view: MapView, style: StyleSpecification): void {
  const { catalogue, store, crs } = editor;
  const { changeset } = store.state;
  const own = layersOfStyle(style).filter((id) => !DRAWN.has(id));
  const address = parseAddress(location.hash);
  document.documentElement.dataset.width = store.state.width;
  editor.sketch = new Sketch(view.map, crs, {
    place: (at, snap) => addPoint(editor, at, snap),
    hover: (at, snap) => hover(editor, at, snap),
    move: (index, at, snap) => {
      setPoints(
        editor,
        store.state.points.map((point, i) => (i === index ? at : point)),
      );
      store.set({ snap });
    },
    finish: () => void preview(editor),
  });
  view.map.once('style.load', () => {
    editor.layers = new DraftLayers(view.map);
    editor.layers.install();
    paint(editor);
  });
  view.map.on('moveend', () => {
    followMap(editor);
    // A reload comes back to the same place.
    const address = { ...parseAddress(''), place: view.place };
    history.replaceState(null, '', location.pathname + location.search + formatAddress(address));
  });
  view.map.on('click', (event) => pick(editor, event.point, event.originalEvent.shiftKey));
  // Shift chooses more here; it must not draw a box to zoom into.
  view.map.boxZoom.disable();
  view.open({
    style,
    choices: {
      layers: new Map(own.map((id) => [id, 1] as [string, number])),
      patterns: false,
      focus: null,
    },
    motifs: catalogue.motifs,
    place: address.place,
    bounds: changeset.bounds ?? catalogue.view.bounds,
    minzoom: 16,
  });
  view.canvas.setAttribute(
    'aria-label',
    t('Bản đồ bản nháp {code}', { code: changeset.dossier_code }),
  );
}

function hover(editor: Editor, hanging: EditState['hanging'], snap: EditState['snap']): void {
  const { points, operation } = editor.store.state;
  if (operation === null) return;
  editor.store.set({ hanging: points.length > 0 || snap ? hanging : null, snap });
}

function pick(editor: Editor, point: { x: number; y: number }, more: boolean): void {
  const drawing = editor.sketch?.isOn ?? false;
  if (drawing || !editor.layers || !canEdit(editor)) return;
  choose(editor, editor.layers.keyAt(point), more);
}

function listen(editor: Editor, singleKeys: boolean): void {
  const { store, api, view } = editor;
  store.subscribe(() => {
    drawPage(editor);
    paint(editor);
  });
  listenToKeys(editor, singleKeys);
  api.onReach = (connection) => {
    if (store.state.connection !== connection) store.set({ connection });
  };
  window.addEventListener('online', () => {
    if (store.state.pending) void retry(editor);
  });
  window.addEventListener('resize', () => store.set({ width: widthNow() }));
  view?.canvas.addEventListener('mouseleave', () => store.set({ hanging: null, snap: null }));
  placeCrosshair(editor);
}

/** The crosshair stands where Enter and the space bar act. */
function placeCrosshair({ view }: Editor): void {
  const cross = byId('crosshair');
  view?.canvas.addEventListener('focus', () => {
    cross.hidden = !view.canvas.matches(':focus-visible');
  });
  view?.canvas.addEventListener('blur', () => {
    cross.hidden = true;
  });
}
