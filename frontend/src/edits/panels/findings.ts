// What the checks found: a word and a shape for each severity, the way to its place, and a new check.

import { html, nothing, type TemplateResult } from 'lit-html';
import { announce } from '../../announce';
import { formatMoment } from '../../format';
import { t } from '../../i18n';
import { icon } from '../../icons';
import { boxOf } from '../boxes';
import type { Issue, Severity } from '../changeset';
import { type Editor, shownIssues } from '../state';
import { check, countOf } from '../work';

const ICONS = { block: 'octagon-x', review: 'triangle-alert', note: 'info' } as const;

export function findingsPanel(editor: Editor): TemplateResult {
  const { issues: checked, preview, busy, issue: present } = editor.store.state;
  const issues = shownIssues(editor.store.state);
  const known = preview !== null || checked !== null;
  return html`<header class="findings-head"><h2 tabindex="-1">${t('Phát hiện')} <span class="number">${issues.length}</span></h2>
      ${(['block', 'review', 'note'] as const).map(
        (one) =>
          html`<span class="severity" data-severity=${one}>${icon(ICONS[one])}${countOf(issues, one)} ${severityName(one)}</span>`,
      )}
      <span class="muted">${checkedAt(editor)}</span>
      <button type="button" class="button small" ?disabled=${busy !== null} @click=${() => check(editor)}>${t('Kiểm tra lại')}</button></header>
    ${issues.length === 0 ? html`<p class="muted">${known ? t('Không có phát hiện nào.') : t('Chưa kiểm tra bản nháp này.')}</p>` : nothing}
    <ol class="plain finding-list">${issues.map((one, i) => finding(editor, one, i, present === i))}</ol>`;
}

function checkedAt(editor: Editor): string {
  const { checkedAt: at, preview } = editor.store.state;
  if (preview) return t('Của bản xem trước');
  return at ? t('Kiểm tra lúc {time}', { time: formatMoment(at) }) : '';
}

function severityName(severity: Severity): string {
  return { block: t('chặn'), review: t('cần xem'), note: t('lưu ý') }[severity];
}

function finding(editor: Editor, issue: Issue, index: number, present: boolean): TemplateResult {
  return html`<li class="finding" data-severity=${issue.severity} aria-current=${present ? 'true' : 'false'}>
    <span class="severity" data-severity=${issue.severity}>${icon(ICONS[issue.severity])}<span>${index + 1} <span class="sr">${severityName(issue.severity)}</span></span></span>
    <div>${issue.title ? html`<strong>${issue.title}</strong> ` : nothing}${issue.message}
      ${issue.legal_reference ? html`<span class="muted">${issue.legal_reference}</span>` : nothing}</div>
    ${
      issue.geometry
        ? html`<button type="button" class="button small" @click=${() => goTo(editor, index)}>${t('Đến chỗ này')}</button>`
        : nothing
    }</li>`;
}

/** Brings the map to a finding and says it. */
function goTo(editor: Editor, index: number): void {
  const issue = shownIssues(editor.store.state)[index];
  if (!issue) return;
  editor.store.set({ issue: index });
  if (issue.geometry && editor.view) {
    const box = boxOf(issue.geometry);
    const middle: [number, number] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    editor.view.goTo({ box, point: middle, maxZoom: 20 });
  }
  announce(`${index + 1}, ${severityName(issue.severity)}: ${issue.message}`);
}

export function nextFinding(editor: Editor, step: number): void {
  const { length } = shownIssues(editor.store.state);
  const { issue } = editor.store.state;
  if (length === 0) return;
  const next = issue === null ? (step > 0 ? 0 : length - 1) : (issue + step + length) % length;
  goTo(editor, next);
}
