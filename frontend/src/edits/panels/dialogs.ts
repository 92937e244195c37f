// The modal boxes: the last look before handing in or deciding, and the choice after a conflict.

import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { ref } from 'lit-html/directives/ref.js';
import { formatNumber } from '../../format';
import { t } from '../../i18n';
import { icon } from '../../icons';
import { boxOf } from '../boxes';
import { type Conflict, keyOf, type Side } from '../changeset';
import type { EditDialog, Editor } from '../state';
import { approve, countOf, download, rebase, reload, sendBack, submit, withdraw } from '../work';
import { problem } from './form';

export function dialog(editor: Editor): TemplateResult | typeof nothing {
  const name = editor.store.state.dialog;
  if (name === null) return nothing;
  const closed = () => editor.store.set({ dialog: null });
  const close = (event: Event) => (event.currentTarget as HTMLElement).closest('dialog')?.close();
  return html`<dialog class="dialog" aria-labelledby="dialog-title" @close=${closed} ${ref(open)}>
    <div class="dialog-in"><header class="panel-head"><h2 id="dialog-title" tabindex="-1" autofocus>${titleOf(name)}</h2>
      <button type="button" class="icon-button" aria-label=${t('Đóng hộp')} @click=${close}>${icon('x')}</button></header>
      <div class="panel-body">${content(editor, name)}${problem(editor, true)}</div></div></dialog>`;
}

function open(element: Element | undefined): void {
  const box = element as HTMLDialogElement | undefined;
  if (box && !box.open) queueMicrotask(() => !box.open && box.isConnected && box.showModal());
}

function titleOf(name: EditDialog): string {
  return {
    submit: t('Kiểm tra trước khi gửi'),
    approve: t('Kiểm tra trước khi duyệt'),
    return: t('Trả lại người lập'),
    withdraw: t('Rút bản nháp'),
    conflict: t('Sổ đã đổi trong lúc bạn sửa'),
    stale: t('Bản nháp đã đổi ở nơi khác'),
    keys: t('Phím tắt'),
  }[name];
}

function content(editor: Editor, name: EditDialog): TemplateResult {
  const { issues } = editor.store.state;
  const { changes } = editor.store.state.changeset;
  const n = changes.length;
  switch (name) {
    case 'submit':
      return html`<p>${t('Bạn gửi {n} thay đổi đi duyệt. Các thửa này được giữ cho hồ sơ của bạn đến khi có quyết định.', { n })}</p>
        ${checks(editor)}${note(editor, countOf(issues ?? [], 'review') > 0 ? t('Lý do vẫn đề nghị duyệt') : t('Ghi chú cho người duyệt (nếu cần)'))}
        ${act(editor, t('Gửi {n} thay đổi', { n }), () => submit(editor))}`;
    case 'approve':
      return html`<p>${t('{n} thay đổi sẽ vào sổ địa chính ngay. Muốn sửa sau đó phải lập hồ sơ đính chính.', { n })}</p>
        ${countOf(issues ?? [], 'review') > 0 ? html`<p class="warn">${t('{n} phát hiện cần xem. Duyệt là đồng ý với lý do đã ghi.', { n: countOf(issues ?? [], 'review') })}</p>` : nothing}
        ${act(editor, t('Duyệt {n} thay đổi', { n }), () => approve(editor))}`;
    case 'return':
      return html`${note(editor, t('Lý do trả lại'))}${act(editor, t('Trả lại'), () => sendBack(editor))}`;
    case 'withdraw':
      return html`<p>${t('Bản nháp sẽ đóng lại và không gửi duyệt. Bạn vẫn tải được tệp của bản nháp.')}</p>
        ${act(editor, t('Rút bản nháp'), () => withdraw(editor))}`;
    case 'conflict':
      return conflict(editor);
    case 'stale':
      return html`<p>${t('Có người, hoặc một cửa sổ khác của bạn, đã đổi bản nháp này. Lấy bản mới rồi làm lại bước vừa rồi; những gì bạn nhập vẫn còn trong khung bên trái.')}</p>
        <div class="actions">${act(editor, t('Lấy bản mới'), () => reload(editor))}${downloadButton(editor)}</div>`;
    case 'keys':
      return keyTable();
  }
}

function checks(editor: Editor): TemplateResult {
  const { issues } = editor.store.state;
  if (issues === null) return html`<p>${t('Máy chủ sẽ kiểm tra lần nữa khi nhận.')}</p>`;
  const reviews = countOf(issues, 'review');
  return html`<p>${reviews > 0 ? t('{n} phát hiện cần người duyệt xem.', { n: reviews }) : t('Không có phát hiện chặn.')}</p>`;
}

function note(editor: Editor, label: string): TemplateResult {
  const { note: text } = editor.store.state;
  return html`<div class="field"><label for="note">${label}</label><textarea id="note" rows="4" .value=${live(text)}
    @input=${(event: Event) => editor.store.set({ note: (event.target as HTMLTextAreaElement).value })}></textarea></div>`;
}

function act(editor: Editor, words: string, run: () => Promise<void>): TemplateResult {
  const { busy } = editor.store.state;
  return html`<button type="button" class="button primary" ?disabled=${busy !== null} @click=${run}>${busy ?? words}</button>`;
}

function downloadButton(editor: Editor): TemplateResult {
  return html`<button type="button" class="button" @click=${() => download(editor)}>${icon('download')}${t('Tải bản của tôi')}</button>`;
}

function conflict(editor: Editor): TemplateResult {
  const { conflicts, choices } = editor.store.state;
  const open = conflicts.filter((one) => !choices[keyOf(one)]).length;
  return html`<p>${t('Hồ sơ khác đã được duyệt trên các thửa này. Chọn giữ bản nào cho từng thửa; bản nháp của bạn không mất.')}</p>
    ${conflicts.map((one, i) => conflictOf(editor, one, i, conflicts.length))}
    <p class="muted">${open > 0 ? t('Còn {n} thửa chưa chọn.', { n: open }) : nothing}</p>
    <div class="actions">${open === 0 ? act(editor, t('Lưu lựa chọn'), () => rebase(editor)) : nothing}${downloadButton(editor)}</div>`;
}

function conflictOf(editor: Editor, one: Conflict, index: number, count: number): TemplateResult {
  const { choices, features, changeset } = editor.store.state;
  const key = keyOf(one);
  const label =
    one.label ??
    changeset.changes.find((item) => keyOf(item) === key)?.label ??
    features.get(key)?.label ??
    one.id;
  const choose = (keep: 'mine' | 'theirs') =>
    editor.store.set({ choices: { ...choices, [key]: keep } });
  const radio = (
    keep: 'mine' | 'theirs',
    words: string,
  ) => html`<label class="check"><input type="radio" name="keep-${key}"
    .checked=${choices[key] === keep} @change=${() => choose(keep)} /><span>${words}</span></label>`;
  const geometry = one.theirs?.geometry ?? one.mine?.geometry;
  return html`<fieldset class="choice conflict"><legend>${index + 1}/${count} · ${label}</legend>
    ${differences(editor, one)}
    ${geometry ? html`<button type="button" class="link" @click=${() => editor.view?.goTo({ box: boxOf(geometry), maxZoom: 20 })}>${t('Đến chỗ này')}</button>` : nothing}
    ${radio('mine', t('Giữ của tôi'))}${radio('theirs', t('Lấy bản mới'))}</fieldset>`;
}

/** Area and attributes of both sides, as far as they differ. */
function differences(editor: Editor, { layer, mine, theirs }: Conflict): TemplateResult {
  const fields = editor.catalogue.layers.find(({ id }) => id === layer)?.fields ?? [];
  const value = (side: Side | null, name: string) => {
    const found = side?.attributes[name];
    return found === null || found === undefined ? '–' : String(found);
  };
  const rows = fields
    .filter(({ name }) => value(mine, name) !== value(theirs, name))
    .map(({ name, label }) => [label, value(mine, name), value(theirs, name)]);
  const areas = [mine, theirs].map((side) =>
    side ? formatNumber(side.area, 1, true) : t('đã kết thúc'),
  );
  return html`<table class="changes"><thead><tr><th></th><th scope="col">${t('Của tôi')}</th><th scope="col">${t('Bản mới')}</th></tr></thead>
    <tbody><tr><th scope="row">${t('Diện tích (m²)')}</th>${areas.map((one) => html`<td class="number">${one}</td>`)}</tr>
    ${rows.map(([label, a, b]) => html`<tr><th scope="row">${label}</th><td>${a}</td><td>${b}</td></tr>`)}</tbody></table>`;
}

function keyTable(): TemplateResult {
  const rows: [string, string][] = [
    ['F6, Shift+F6', t('Vùng kế tiếp, vùng trước')],
    ['Ctrl+Z', t('Hoàn tác')],
    ['Ctrl+Y, Ctrl+Shift+Z', t('Làm lại')],
    ['Ctrl+Enter', t('Gửi duyệt')],
    ['F8, Shift+F8', t('Phát hiện kế tiếp, phát hiện trước')],
    ['B', t('Giữ để xem trước khi sửa (trên bản đồ)')],
    ['S', t('Bật, tắt bắt điểm (trên bản đồ)')],
    ['Alt', t('Giữ để tạm không bắt điểm')],
    ['Enter', t('Bản đồ: chọn thửa ở giữa, hoặc xong nét vẽ')],
    [t('Phím cách'), t('Bản đồ: đặt điểm ở giữa')],
    ['Delete', t('Bản đồ: bỏ điểm cuối')],
    ['Esc', t('Bỏ việc đang làm')],
    ['Tab', t('Đang vẽ: nhập X, Y, chiều dài, phương vị')],
    ['↑ ↓', t('Ô tọa độ: dời 0,01 m; thêm Shift: 0,1 m')],
  ];
  return html`<table class="keys"><tbody>${rows.map(([key, words]) => html`<tr><th scope="row"><kbd>${key}</kbd></th><td>${words}</td></tr>`)}</tbody></table>`;
}
