// What is chosen and what is entered: selection, the operation, its fields and its points.

import { announce } from '../announce';
import type { Snap } from '../draw/snap';
import { formatNumber } from '../format';
import { t } from '../i18n';
import { keyOf, type Metres } from './changeset';
import { askOperations } from './drafted';
import type { KeptEntry } from './keep';
import { operationNamed } from './operations';
import type { Entry } from './operations/operation';
import { canEdit, type Editor, selectedFeatures } from './state';
import { remember } from './work';

export function entryOf(editor: Editor): Entry {
  const { state } = editor.store;
  return { points: state.points, fields: state.fields, selected: selectedFeatures(state) };
}

/** Chooses an area alone, or adds it to the chosen ones and takes it away again. */
export function choose(editor: Editor, key: string | null, more: boolean): void {
  const { store } = editor;
  const { selected, features } = store.state;
  let next = key === null ? [] : [key];
  if (more && key !== null) {
    next = selected.includes(key) ? selected.filter((one) => one !== key) : [...selected, key];
  } else if (more) next = selected;
  if (next.join() === selected.join()) return;
  store.set({ selected: next, preview: null, problem: null });
  editor.layers?.pointOut(null);
  const label = key ? (features.get(key)?.label ?? '') : '';
  announce(t('Đã chọn {n}: {label}', { n: next.length, label }));
  if (store.state.operation) begin(editor, null);
  void askOperations(editor);
}

/** Opens an operation's form; null closes it. */
export function begin(editor: Editor, id: string | null): void {
  const { store, sketch } = editor;
  const operation = operationNamed(id);
  const entry = { points: [], fields: {}, selected: selectedFeatures(store.state) };
  const start = operation?.begin?.(entry) ?? {};
  store.set({
    operation: operation ? id : null,
    points: start.points ?? [],
    fields: start.fields ?? {},
    hanging: null,
    snap: null,
    preview: null,
    problem: null,
    pasted: null,
  });
  editor.layers?.pointOut(null);
  if (!operation) {
    sketch?.stop();
    return;
  }
  follow(editor);
  const title = store.state.operations.find((one) => one.id === id)?.title ?? '';
  announce(`${title}. ${operation.hint()}`);
}

/** The form as it stood when the page was left; false while something chosen for it is not there. */
export function restoreEntry(editor: Editor, kept: KeptEntry): boolean {
  const { store } = editor;
  const keys = kept.selection.map(keyOf);
  if (!operationNamed(kept.operation) || !keys.every((key) => store.state.features.has(key))) {
    return false;
  }
  const { operation, fields, points } = kept;
  store.set({ selected: keys, operation, fields, points });
  follow(editor);
  void askOperations(editor);
  return true;
}

/** Switches drawing on or off, as the operation's form now asks. */
function follow(editor: Editor): void {
  const operation = operationNamed(editor.store.state.operation);
  if (operation?.draws(entryOf(editor)) && canEdit(editor)) editor.sketch?.start();
  else editor.sketch?.stop();
}

export function setField(editor: Editor, name: string, value: string): void {
  const { store } = editor;
  store.set({ fields: { ...store.state.fields, [name]: value }, preview: null });
  follow(editor);
  remember(editor);
}

export function setPoints(editor: Editor, points: Metres[]): void {
  editor.store.set({ points, hanging: null, snap: null, preview: null });
  remember(editor);
}

export function addPoint(editor: Editor, at: Metres, snap: Snap | null = null): void {
  const { store } = editor;
  const limit = operationNamed(store.state.operation)?.draws(entryOf(editor));
  if (!limit) return;
  const { points } = store.state;
  // One more than there may be takes the place of the last.
  const next = points.length < limit.most ? [...points, at] : [...points.slice(0, -1), at];
  setPoints(editor, next);
  announce(t('Điểm {n}: {place}', { n: next.length, place: placeOf(at, snap) }));
}

export function dropLast(editor: Editor): void {
  const { points } = editor.store.state;
  setPoints(editor, points.slice(0, -1));
  announce(t('Còn {n} điểm.', { n: Math.max(0, points.length - 1) }));
}

/** "Đỉnh, 126" or the coordinates. */
function placeOf([east, north]: Metres, snap: Snap | null): string {
  if (snap) return snapWords(snap);
  return `X ${formatNumber(north, 3)}, Y ${formatNumber(east, 3)}`;
}

export function snapWords({ kind, of }: Snap): string {
  const words = {
    vertex: t('Đỉnh'),
    middle: t('Giữa cạnh'),
    cross: t('Vuông góc, trên cạnh'),
    edge: t('Trên cạnh'),
    angle: t('Vuông góc hoặc thẳng hàng'),
  }[kind];
  return of ? `${words}, ${of}` : words;
}
