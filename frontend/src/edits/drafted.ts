// The areas around, as the draft sees them: fetched for what is in view, painted, listed and snapped to.

import { isAbort } from '../api';
import { Snapper } from '../draw/snap';
import { t } from '../i18n';
import { type DraftFeature, keyOf, namesOf, type OperationInfo } from './changeset';
import { operationNamed } from './operations';
import { type Editor, selectedFeatures, shownIssues } from './state';

/** Below this zoom a view holds more areas than anybody edits at once. */
const NEAR = 15.5;
const PAUSE = 250;

let timer = 0;
let request: AbortController | null = null;

/** Fetches the areas again when the map has come to rest. */
export function followMap(editor: Editor): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void showDraft(editor), PAUSE);
}

export async function showDraft(editor: Editor): Promise<void> {
  const { api, store, view } = editor;
  if (!view) return;
  if (view.map.getZoom() < NEAR) {
    store.set({ listed: 'far' });
    return;
  }
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const bbox = view.box.map((value) => value.toFixed(6)).join(',');
  const path = `/api/v1/changesets/${store.state.changeset.id}/features`;
  try {
    const answer = await api.get<{ features: DraftFeature[]; truncated: boolean }>(
      path,
      { bbox },
      signal,
    );
    keepFeatures(editor, answer.features, answer.truncated);
  } catch (error) {
    if (!isAbort(error)) store.set({ listed: 'failed' });
  }
}

function keepFeatures(editor: Editor, fetched: DraftFeature[], truncated: boolean): void {
  const { store, sketch } = editor;
  const features = new Map(fetched.map((one) => [keyOf(one), one]));
  // What is chosen stays chosen when the map moves away from it, but not when it has ended.
  const retired = store.state.changeset.changes.filter(({ state }) => state === 'retired');
  const gone = new Set(retired.map(keyOf));
  for (const one of selectedFeatures(store.state)) {
    if (!features.has(keyOf(one)) && !gone.has(keyOf(one))) features.set(keyOf(one), one);
  }
  const selected = store.state.selected.filter((key) => features.has(key) && !gone.has(key));
  store.set({ features, truncated, selected, listed: 'ready' });
  if (sketch) sketch.snapper = new Snapper([...features.values()]);
}

let asking: Promise<void> = Promise.resolve();

/** Asks which operations can be done with what is chosen, and if not, why. */
export function askOperations(editor: Editor): Promise<void> {
  asking = fetchOperations(editor);
  return asking;
}

/** Settled when the answer about the present choice is there: keys come faster than answers. */
export function operationsKnown(): Promise<void> {
  return asking;
}

async function fetchOperations(editor: Editor): Promise<void> {
  const { api, store } = editor;
  const selection = store.state.selected.join(',');
  const path = `/api/v1/changesets/${store.state.changeset.id}/operations`;
  try {
    const { operations } = await api.get<{ operations: OperationInfo[] }>(path, { selection });
    if (store.state.selected.join(',') === selection) store.set({ operations });
  } catch {
    // The toolbar keeps what it knew; the banner speaks of the connection.
  }
}

/** Paints the state: called after each change of it. */
export function paint(editor: Editor): void {
  const { layers, store, sketch } = editor;
  const { state } = store;
  if (!layers) return;
  const changes = state.preview?.changes ?? state.changeset.changes;
  const names = namesOf([...state.changeset.changes, ...changes]);
  layers.areas([...state.features.values()], names);
  // What is previewed covers what is chosen; two names in one place would hide each other.
  layers.chosen(state.preview ? [] : selectedFeatures(state), names);
  const tag = state.changeset.status === 'approved' ? t('Đã duyệt') : t('Nháp');
  layers.changes(changes, names, tag);
  layers.issues(shownIssues(state), state.issue);
  layers.show(state.side);
  sketch?.show(shapeOf(editor), state.points, state.hanging, state.snap);
}

function shapeOf(editor: Editor) {
  const { points, fields } = editor.store.state;
  const operation = operationNamed(editor.store.state.operation);
  const selected = selectedFeatures(editor.store.state);
  return operation?.draws({ points, fields, selected })?.shape ?? 'line';
}
