// The whole page: what stands where, for whom and on which screen.

import { html, nothing, render, type TemplateResult } from 'lit-html';
import { formatTime } from '../../format';
import { t } from '../../i18n';
import { icon } from '../../icons';
import { byId } from '../../panels/page';
import { canEdit, type Editor } from '../state';
import { dropPending, retry } from '../work';
import { chosenAreas } from './areas';
import { changesPanel } from './changes';
import { decisionPanel } from './decision';
import { dialog } from './dialogs';
import { findingsPanel } from './findings';
import { operationForm } from './form';
import { head, statusName } from './head';
import { toolbar } from './toolbar';

export function drawPage(editor: Editor): void {
  const { changeset, width, side } = editor.store.state;
  const edits = canEdit(editor);
  document.documentElement.dataset.width = width;
  document.title = `${changeset.dossier_code} · ${statusName(changeset.status)} – Địa Bạ`;
  byId('editor').dataset.edits = edits ? 'true' : 'false';
  render(head(editor), byId('head'));
  render(banner(editor), byId('banner'));
  render(toolbar(editor), byId('tools'));
  const left = edits ? html`${chosenAreas(editor)}${operationForm(editor)}` : changesPanel(editor);
  region('left', edits ? t('Việc đang làm') : t('Thay đổi'), left);
  region(
    'right',
    edits ? t('Thay đổi') : t('Quyết định'),
    edits ? rightOf(editor) : decisionPanel(editor),
  );
  region('findings', t('Phát hiện'), findingsPanel(editor));
  render(over(editor), byId('over'));
  render(dialog(editor), byId('dialogs'));
  byId('side-tag').hidden = side === 'both';
  byId('side-tag').textContent = side === 'before' ? t('Trước khi sửa') : t('Sau khi sửa');
}

function rightOf(editor: Editor): TemplateResult {
  const { reason } = editor.store.state.changeset;
  return html`${reason ? html`<div class="others"><p><strong>${t('Hồ sơ bị trả lại')}</strong></p><p>${reason}</p></div>` : nothing}
    ${changesPanel(editor)}`;
}

function region(id: string, name: string, content: TemplateResult): void {
  const element = byId(id);
  element.setAttribute('aria-label', name);
  render(content, element);
}

function banner(editor: Editor): TemplateResult | typeof nothing {
  const { pending, saving, busy, connection } = editor.store.state;
  if (connection === 'expired') {
    const next = encodeURIComponent(location.pathname + location.search);
    return html`<div class="banner">${icon('circle-alert')}<p>${t('Phiên làm việc đã đóng để bảo vệ thông tin. Đăng nhập để làm tiếp; bản nháp và phần vừa nhập vẫn còn trên máy này.')}</p>
      <a class="button primary" href=${`/login?next=${next}`}>${t('Đăng nhập')}</a></div>`;
  }
  if (pending && saving !== 'saving') {
    return html`<div class="banner">${icon('wifi-off')}<p>${t('Chưa gửi: {title}, nhập lúc {time}. Giữ trên máy này.', { title: pending.title, time: formatTime(pending.at) })}</p>
      <button type="button" class="button primary" ?disabled=${busy !== null} @click=${() => retry(editor)}>${t('Gửi lại')}</button>
      <button type="button" class="button" @click=${() => dropPending(editor)}>${t('Thôi gửi')}</button></div>`;
  }
  if (connection === 'unreachable' || connection === 'failing') {
    return html`<div class="banner">${icon('wifi-off')}<p>${t('Chưa tới được máy chủ. Bản nháp giữ trên máy này.')}</p>
      <button type="button" class="button" ?disabled=${busy !== null} @click=${() => retry(editor)}>${t('Thử lại')}</button></div>`;
  }
  return nothing;
}

function over(editor: Editor): TemplateResult | typeof nothing {
  const { view, store } = editor;
  if (!view) return nothing;
  const { listed, changeset } = store.state;
  return html`${view.scaleBar}${listed === 'far' ? html`<p class="map-note">${t('Phóng to để thấy và chọn được thửa.')}</p>` : nothing}
    <div class="map-buttons">
    ${changeset.bounds ? html`<button type="button" class="button float" @click=${() => view.goTo({ box: changeset.bounds, maxZoom: 20 })}>${t('Đến thay đổi')}</button>` : nothing}
    <button type="button" class="icon-button float" aria-label=${t('Phóng to bản đồ')} @click=${() => view.map.zoomIn()}>${icon('plus')}</button>
    <button type="button" class="icon-button float" aria-label=${t('Thu nhỏ bản đồ')} @click=${() => view.map.zoomOut()}>${icon('minus')}</button></div>`;
}
