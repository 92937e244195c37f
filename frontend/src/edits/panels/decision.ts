// What an approver decides, or why nobody can decide now.

import { html, nothing, type TemplateResult } from 'lit-html';
import { formatMoment } from '../../format';
import { t } from '../../i18n';
import { icon } from '../../icons';
import type { Editor } from '../state';
import { countOf } from '../work';
import { problem } from './form';
import { openDialog } from './head';

export function decisionPanel(editor: Editor): TemplateResult {
  const { changeset, width } = editor.store.state;
  const { may } = changeset;
  return html`<h2 tabindex="-1">${t('Quyết định')}</h2>
    <dl class="facts">
      <div><dt>${t('Người lập')}</dt><dd>${changeset.author}</dd></div>
      ${fact(t('Gửi lúc'), changeset.submitted_at && formatMoment(changeset.submitted_at))}
      ${fact(t('Người quyết định'), changeset.approver)}
      ${fact(t('Quyết định lúc'), changeset.decided_at && formatMoment(changeset.decided_at))}
      ${fact(changeset.status === 'draft' ? t('Lý do trả lại') : t('Ghi chú'), changeset.reason)}
    </dl>
    ${may.edit && width !== 'desktop' ? html`<p class="others">${t('Sửa ranh cần máy tính, màn hình rộng từ 1024 điểm. Ở đây bạn xem được bản nháp và các phát hiện.')}</p>` : nothing}
    ${problem(editor)}
    ${may.approve ? nothing : html`<p class="muted">${why(editor)}</p>`}
    ${may.approve || may.return || may.withdraw ? buttons(editor) : nothing}`;
}

function fact(name: string, value: string | null): TemplateResult | typeof nothing {
  return value ? html`<div><dt>${name}</dt><dd>${value}</dd></div>` : nothing;
}

function buttons(editor: Editor): TemplateResult {
  const { changeset, issues, busy } = editor.store.state;
  const { may, changes } = changeset;
  const blocks = countOf(issues ?? [], 'block');
  return html`${blocks > 0 && may.approve ? html`<p class="warn" id="approve-why">${t('Còn {n} phát hiện chặn', { n: blocks })}</p>` : nothing}
    <div class="actions">
    ${
      may.approve
        ? html`<button type="button" class="button primary" aria-describedby="approve-why" ?disabled=${blocks > 0 || busy !== null}
      @click=${() => openDialog(editor, 'approve')}>${icon('check')}${t('Duyệt {n} thay đổi', { n: changes.length })}</button>`
        : nothing
    }
    ${may.return ? html`<button type="button" class="button" @click=${() => openDialog(editor, 'return')}>${t('Trả lại')}</button>` : nothing}
    ${may.withdraw ? html`<button type="button" class="button" @click=${() => openDialog(editor, 'withdraw')}>${t('Rút bản nháp')}</button>` : nothing}
    </div>`;
}

function why(editor: Editor): string {
  const { changeset, width } = editor.store.state;
  const { status, may, author } = changeset;
  if (status === 'approved') return t('Thay đổi đã vào sổ.');
  if (status === 'withdrawn') return t('Bản nháp đã được rút.');
  if (status === 'draft')
    return may.edit && width !== 'desktop' ? '' : t('Bản nháp chưa được gửi duyệt.');
  return author === editor.boot.user?.name
    ? t('Người lập không được tự duyệt.')
    : t('Chờ người duyệt.');
}
