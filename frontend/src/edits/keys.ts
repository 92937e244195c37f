// Keys of the editor. Single letters act only while the map has the focus; Backspace never deletes geometry,
// because Vietnamese input methods send it on their own.

import { announce } from '../announce';
import type { OperationInfo } from './changeset';
import { operationsKnown } from './drafted';
import { begin, choose, dropLast, entryOf, setPoints } from './entry';
import { operationNamed } from './operations';
import { nextFinding } from './panels/findings';
import { openDialog, whyNotSubmit } from './panels/head';
import { toggleSnapping } from './panels/toolbar';
import { canEdit, type Editor } from './state';
import { preview, redo, undo } from './work';

const REGIONS = ['head', 'tools', 'left', 'stage', 'right', 'findings'];

export function listenToKeys(editor: Editor, singleKeys: boolean): void {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || editor.store.state.dialog !== null) return;
    if (pageKey(editor, event)) event.preventDefault();
  });
  document.addEventListener('keyup', (event) => {
    if (event.code === 'KeyB' && editor.store.state.side === 'before') show(editor, 'both');
  });
  const canvas = editor.view?.canvas;
  canvas?.addEventListener('blur', () => show(editor, 'both', true));
  canvas?.addEventListener('keydown', (event) => {
    if (event.isComposing || editor.store.state.dialog !== null) return;
    if (mapKey(editor, event, singleKeys)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

let held = false;

function show(editor: Editor, side: 'before' | 'both', onlyIfHeld = false): void {
  if (onlyIfHeld && !held) return;
  held = side === 'before';
  if (editor.store.state.side !== side) editor.store.set({ side });
}

function pageKey(editor: Editor, event: KeyboardEvent): boolean {
  const control = event.ctrlKey || event.metaKey;
  if (event.key === 'F6') return cycleRegions(event.shiftKey ? -1 : 1);
  if (event.key === 'F8') return did(nextFinding(editor, event.shiftKey ? -1 : 1));
  if (!canEdit(editor)) return false;
  if (control && event.key === 'Enter') return submit(editor);
  if (control && event.code === 'KeyZ' && !isTyping(event.target))
    return back(editor, event.shiftKey);
  if (control && event.code === 'KeyY' && !isTyping(event.target)) return did(redo(editor));
  if (event.key === 'Escape' && !isTyping(event.target)) return leave(editor);
  return false;
}

/** While something is drawn, Ctrl+Z takes back its last point; otherwise the draft's last step. */
function back(editor: Editor, again: boolean): boolean {
  const { points, operation } = editor.store.state;
  if (again) return did(redo(editor));
  if (operation && points.length > 0) return did(dropLast(editor));
  return did(undo(editor));
}

function submit(editor: Editor): boolean {
  if (whyNotSubmit(editor.store.state) === '') openDialog(editor, 'submit');
  return true;
}

function leave(editor: Editor): boolean {
  const { operation, points, preview: shown } = editor.store.state;
  if (shown) editor.store.set({ preview: null });
  else if (operation && points.length > 0) setPoints(editor, []);
  else if (operation) begin(editor, null);
  else choose(editor, null, false);
  return true;
}

function mapKey(editor: Editor, event: KeyboardEvent, singleKeys: boolean): boolean {
  const { operation } = editor.store.state;
  const drawing = operationNamed(operation)?.draws(entryOf(editor)) ?? null;
  if (event.code === 'Enter' || event.code === 'NumpadEnter') {
    if (drawing) return did(preview(editor));
    return did(chooseAtCentre(editor, event.shiftKey));
  }
  if (event.code === 'Space' && drawing) return did(editor.sketch?.placeAtCentre());
  if (event.code === 'Delete' && drawing) return did(dropLast(editor));
  if (event.code === 'Tab' && drawing && !event.shiftKey) return toNumbers();
  if (!singleKeys || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (event.code === 'KeyB') return did(event.repeat || show(editor, 'before'));
  if (!canEdit(editor)) return false;
  if (event.code === 'KeyS') return did(toggleSnapping(editor));
  return tool(editor, event);
}

function tool(editor: Editor, event: KeyboardEvent): boolean {
  const isMeant = ({ shortcut }: OperationInfo) => event.code === `Key${shortcut}`;
  if (!editor.store.state.operations.some(isMeant)) return false;
  void operationsKnown().then(() => {
    const wanted = editor.store.state.operations.find(isMeant);
    if (wanted?.available) begin(editor, wanted.id);
    else if (wanted?.reason) announce(`${wanted.title}: ${wanted.reason}`);
  });
  return true;
}

function chooseAtCentre(editor: Editor, more: boolean): void {
  const { view, layers } = editor;
  if (!view || !layers) return;
  choose(editor, layers.keyAt(view.map.project(view.map.getCenter())), more);
}

/** From the map into the numbers: what Tab does while drawing. */
function toNumbers(): boolean {
  const input = document.querySelector<HTMLInputElement>('#point-x');
  input?.focus();
  return input !== null;
}

function cycleRegions(step: number): boolean {
  const regions = REGIONS.map((id) => document.getElementById(id)).filter(
    (element): element is HTMLElement => element !== null && element.childElementCount > 0,
  );
  const now = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(now + step + regions.length) % regions.length];
  const inside = 'canvas, h2[tabindex], button:not(:disabled), a[href], input, select, summary';
  next?.querySelector<HTMLElement>(inside)?.focus();
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement)
    return !['radio', 'checkbox', 'file'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function did(_done: unknown): true {
  return true;
}
