// The list of keys, as the map really answers them.

import { html, type TemplateResult } from 'lit-html';
import { t } from '../i18n';

export function keyTable(): TemplateResult {
  const rows: [string, string][] = [
    ['/', t('Tìm')],
    ['?', t('Xem bảng phím này')],
    ['F6, Shift+F6', t('Sang vùng sau, vùng trước của trang')],
    [t('Phím mũi tên'), t('Trên bản đồ: dời bản đồ. Trong danh sách: lên, xuống')],
    ['+ −', t('Phóng to, thu nhỏ bản đồ')],
    ['Enter', t('Chọn ở dấu chữ thập; mở dòng đang chọn')],
    [t('Shift+F10, phím trình đơn'), t('Tọa độ ở dấu chữ thập')],
    ['[ ]', t('Đối tượng trước, sau ở cùng điểm')],
    ['M', t('Đo')],
    [t('Phím cách, Enter, Delete, Esc'), t('Khi đo: đặt điểm, kết thúc, bỏ điểm cuối, thôi')],
    ['Esc', t('Đóng thẻ, danh sách hoặc hộp')],
  ];
  return html`<table class="keys"><thead><tr><th scope="col">${t('Phím')}</th><th scope="col">${t('Việc')}</th></tr></thead>
    <tbody>${rows.map(([key, act]) => html`<tr><td><kbd>${key}</kbd></td><td>${act}</td></tr>`)}</tbody></table>
    <p class="muted">${t('Phím đơn chỉ có tác dụng khi bản đồ đang được chọn. Tắt được trong mục Hiển thị.')}</p>`;
}
