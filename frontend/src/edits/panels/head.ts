// The head: which dossier, in which state, how safe the draft is, undo and redo, and handing it in.

import { html, nothing, type TemplateResult } from 'lit-html';
import { formatTime } from '../../format';
import { getLanguage, t } from '../../i18n';
import { icon } from '../../icons';
import type { Changeset } from '../changeset';
import { canEdit, type EditDialog, type Editor, type EditState } from '../state';
import { countOf, download, redo, undo } from '../work';

export function statusName(status: Changeset['status']): string {
  return {
    draft: t('Nháp'),
    submitted: t('Đã gửi'),
    approved: t('Đã duyệt'),
    withdrawn: t('Đã rút'),
  }[status];
}

export function head(editor: Editor): TemplateResult {
  const { changeset } = editor.store.state;
  const address = `/dossiers/${changeset.dossier}`;
  return html`<a class="brand-small" href="/" aria-label=${t('Địa Bạ, về bản đồ')}>Địa Bạ</a>
    <h1 class="head-title"><a href=${address}>${changeset.dossier_code}</a></h1>
    <span class="state-tag" data-state=${changeset.status}>${statusName(changeset.status)}</span>
    <span class="saved">${saving(editor)}</span>
    <div class="head-actions">
      ${canEdit(editor) ? history(editor) : nothing}
      <button type="button" class="button plain" @click=${() => download(editor)}>${icon('download')}<span>${t('Tải bản nháp')}</span></button>
      ${language(editor)}
      ${canEdit(editor) ? submitButton(editor) : nothing}
    </div>`;
}

function saving(editor: Editor): string {
  const { saving, changeset, pending } = editor.store.state;
  if (saving === 'saving') return t('Đang lưu…');
  if (saving === 'local' || pending) {
    return editor.keep.works ? t('Giữ trên máy này, chưa gửi') : t('Chưa lưu được, thử lại');
  }
  if (saving === 'failed') return t('Chưa lưu được, thử lại');
  return t('Đã lưu {time}', { time: formatTime(changeset.saved_at) });
}

function history(editor: Editor): TemplateResult {
  const { changeset, busy } = editor.store.state;
  const last = changeset.steps.at(-1);
  const next = changeset.redo.at(-1);
  const undoName = last
    ? t('Hoàn tác: {title}', { title: last.title })
    : t('Chưa có gì để hoàn tác');
  const redoName = next ? t('Làm lại: {title}', { title: next.title }) : t('Chưa có gì để làm lại');
  return html`<button type="button" class="button" title=${`${undoName} (Ctrl+Z)`} aria-keyshortcuts="Control+Z"
      ?disabled=${!last || busy !== null} @click=${() => undo(editor)}>${icon('undo')}<span>${t('Hoàn tác')}</span></button>
    <button type="button" class="button" title=${`${redoName} (Ctrl+Y)`} aria-keyshortcuts="Control+Y Control+Shift+Z"
      ?disabled=${!next || busy !== null} @click=${() => redo(editor)}>${icon('redo')}<span>${t('Làm lại')}</span></button>`;
}

function language(editor: Editor): TemplateResult[] {
  const others = editor.boot.languages.filter(({ code }) => code !== getLanguage());
  const { changeset } = editor.boot;
  const which = changeset ? `&changeset=${changeset}` : '';
  return others.map(
    ({ code, name }) =>
      html`<a class="button plain" lang=${code} hreflang=${code} href=${`?lang=${code}${which}`}>${name}</a>`,
  );
}

function submitButton(editor: Editor): TemplateResult {
  const { busy } = editor.store.state;
  const reason = whyNotSubmit(editor.store.state);
  const open = () => openDialog(editor, 'submit');
  return html`<span class="submit">
    <button type="button" class="button primary" id="submit" aria-keyshortcuts="Control+Enter" aria-describedby="submit-why"
      ?disabled=${reason !== '' || busy !== null} @click=${open}>${t('Gửi duyệt')}</button>
    <span class="why" id="submit-why">${reason}</span></span>`;
}

/** Why a draft cannot be handed in now; empty when it can. */
export function whyNotSubmit({ changeset, issues }: EditState): string {
  if (changeset.changes.length === 0) return t('Chưa có thay đổi nào');
  const blocks = countOf(issues ?? [], 'block');
  if (blocks > 0) return t('Còn {n} phát hiện chặn', { n: blocks });
  return changeset.may.submit ? '' : t('Bạn không có quyền gửi hồ sơ này');
}

export function openDialog(editor: Editor, dialog: EditDialog): void {
  editor.store.set({ dialog, note: '', problem: null });
}
