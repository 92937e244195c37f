// The chosen operation's form: what it asks for, its points, a preview, and then the draft.

import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { formatNumber } from '../../format';
import { t } from '../../i18n';
import { icon } from '../../icons';
import { begin, entryOf, setField } from '../entry';
import { parseNumber } from '../numbers';
import { operationNamed } from '../operations';
import type { FormField, Surroundings } from '../operations/operation';
import type { Editor } from '../state';
import { addStep, countOf, preview, requestOf } from '../work';
import { pointsForm } from './points';

export function operationForm(editor: Editor): TemplateResult {
  const { state } = editor.store;
  const operation = operationNamed(state.operation);
  if (!operation) {
    return html`<p class="muted">${t('Chọn thửa, rồi chọn một việc trên thanh công cụ.')}</p>${problem(editor)}`;
  }
  const entry = entryOf(editor);
  const drawing = operation.draws(entry);
  const title = state.operations.find(({ id }) => id === operation.id)?.title ?? '';
  return html`<section class="operation" aria-labelledby="operation-title">
    <h2 id="operation-title" tabindex="-1">${title}</h2>
    <p class="hint">${operation.hint()}</p>
    ${operation.fields(entry, surroundings(editor)).map((field) => formField(editor, field))}
    ${drawing ? pointsForm(editor, drawing.shape, drawing.most) : nothing}
    <div class="form-foot">${problem(editor)}${state.preview ? previewed(editor) : ask(editor)}</div>
  </section>`;
}

function surroundings(editor: Editor): Surroundings {
  const parcel = editor.catalogue.layers.find(({ id }) => id === 'parcel');
  return {
    features: [...editor.store.state.features.values()],
    parcelFields: parcel?.fields ?? [],
    codes: editor.catalogue.codes,
  };
}

function formField(editor: Editor, field: FormField): TemplateResult {
  const value = editor.store.state.fields[field.name] ?? '';
  const id = `field-${field.name}`;
  const set = (event: Event) =>
    setField(editor, field.name, (event.target as HTMLInputElement | HTMLSelectElement).value);
  const echo = field.kind === 'number' ? echoOf(value, field.unit) : '';
  const help = [field.help, echo].filter(Boolean).join(' ');
  return html`<div class="field"><label for=${id}>${field.label}${field.unit ? ` (${field.unit})` : ''}</label>
    ${
      field.kind === 'choice'
        ? html`<select id=${id} .value=${live(value)} aria-describedby="${id}-help" @change=${set}>${field.options?.map(
            (option) =>
              html`<option value=${option.value} ?selected=${option.value === value}>${option.label}</option>`,
          )}</select>`
        : html`<input id=${id} type=${field.kind === 'date' ? 'date' : 'text'} .value=${live(value)} autocomplete="off"
        inputmode=${field.kind === 'number' ? 'decimal' : 'text'} aria-describedby="${id}-help" @input=${set} />`
    }
    <p class="muted" id="${id}-help">${help}</p></div>`;
}

/** What a typed number is understood as. */
function echoOf(text: string, unit = ''): string {
  const value = parseNumber(text);
  if (text.trim() === '') return '';
  if (value === null) return t('Chưa rõ là số nào.');
  return `= ${formatNumber(value, 3)}\u00a0${unit}`;
}

function ask(editor: Editor): TemplateResult {
  const { busy } = editor.store.state;
  const request = requestOf(editor.store.state);
  const lacks = 'missing' in request ? request.missing : '';
  return html`<p class="muted" id="lacks" aria-live="polite">${lacks}</p>
    <div class="actions"><button type="button" class="button primary" aria-describedby="lacks"
      ?disabled=${lacks !== '' || busy !== null} @click=${() => preview(editor)}>${busy ?? t('Xem trước')}</button>
    <button type="button" class="button" @click=${() => begin(editor, null)}>${t('Bỏ')}</button></div>`;
}

function previewed(editor: Editor): TemplateResult {
  const { preview: answer, busy } = editor.store.state;
  const issues = answer?.issues ?? [];
  const blocks = countOf(issues, 'block');
  return html`<div class="preview" role="status"><p><strong>${t('Xem trước')}</strong>: ${t('{n} thay đổi, {m} phát hiện.', { n: answer?.changes.length ?? 0, m: issues.length })}
      ${blocks > 0 ? t('Đưa vào nháp được, nhưng chưa gửi được khi còn phát hiện chặn.') : nothing}</p></div>
    <div class="actions"><button type="button" class="button primary" ?disabled=${busy !== null} @click=${() => addStep(editor)}>${icon('check')}${busy ?? t('Đưa vào nháp')}</button>
    <button type="button" class="button" @click=${() => editor.store.set({ preview: null })}>${t('Sửa tiếp')}</button></div>`;
}

export function problem(editor: Editor, inDialog = false): TemplateResult | typeof nothing {
  const { problem: told, dialog } = editor.store.state;
  // Said once: in the open box, or else beside what it is about.
  if (!told || (dialog !== null) !== inDialog) return nothing;
  return html`<div class="problem" role="alert">${icon('circle-alert')}<div><p>${told.sentence}</p>
    ${told.errors.length > 0 ? html`<ul>${told.errors.map((one) => html`<li>${one}</li>`)}</ul>` : nothing}</div></div>`;
}
