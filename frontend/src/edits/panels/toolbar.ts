// The operations, each with its key, and with the reason when it cannot be done now.

import { html, nothing, type TemplateResult } from 'lit-html';
import { t } from '../../i18n';
import { icon } from '../../icons';
import type { OperationInfo } from '../changeset';
import { begin } from '../entry';
import { operationNamed } from '../operations';
import { canEdit, type Editor } from '../state';

export function toolbar(editor: Editor): TemplateResult | typeof nothing {
  if (!canEdit(editor)) return nothing;
  const { operations, snapping } = editor.store.state;
  const known = operations.filter(({ id }) => operationNamed(id));
  const reasons = new Set(known.map(({ reason }) => reason).filter((one) => one !== null));
  return html`<div class="tool-row" role="toolbar" aria-label=${t('Việc cần làm')} @keydown=${walk}>
      ${known.map((one, i) => tool(editor, one, i))}
      <button type="button" class="button tool" aria-pressed=${snapping ? 'true' : 'false'} aria-keyshortcuts="S" tabindex="-1"
        @click=${() => toggleSnapping(editor)}><span>${snapping ? t('Bắt điểm: bật') : t('Bắt điểm: tắt')}</span><kbd>S</kbd></button>
      <button type="button" class="button tool" tabindex="-1" @click=${() => editor.store.set({ dialog: 'keys' })}>${icon('keyboard')}<span>${t('Phím tắt')}</span></button>
    </div>
    <p class="tool-why" aria-live="polite">${[...reasons].join(' ')}</p>`;
}

function tool(editor: Editor, one: OperationInfo, index: number): TemplateResult {
  const { operation } = editor.store.state;
  const why = one.available ? '' : (one.reason ?? '');
  const name = `${one.title} (${one.shortcut})`;
  // Not `disabled`: whoever comes by keyboard has to hear why.
  return html`<button type="button" class="button tool" aria-pressed=${operation === one.id ? 'true' : 'false'}
    aria-disabled=${one.available ? 'false' : 'true'} aria-keyshortcuts=${one.shortcut} tabindex=${index === 0 ? 0 : -1}
    title=${why ? `${name}. ${why}` : name} @click=${() => one.available && begin(editor, operation === one.id ? null : one.id)}>
    <span>${one.title}</span><kbd>${one.shortcut}</kbd>${why ? html`<span class="sr">${why}</span>` : nothing}</button>`;
}

export function toggleSnapping(editor: Editor): void {
  const snapping = !editor.store.state.snapping;
  if (editor.sketch) editor.sketch.snapping = snapping;
  editor.store.set({ snapping, snap: null });
}

/** Arrow keys go through the tools; the toolbar is one stop of the Tab key. */
function walk(event: KeyboardEvent): void {
  const tools = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button')];
  const now = tools.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tools.length - 1 }[
    event.key
  ];
  if (next === undefined || now < 0) return;
  event.preventDefault();
  tools[(next + tools.length) % tools.length]?.focus();
}
