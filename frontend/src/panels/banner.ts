// The one line that says what is wrong with the connection, and what to do.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { App } from '../app';
import { retry } from '../connection';
import { formatTime } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { loginAddress } from './header';

export function banner(app: App): TemplateResult | typeof nothing {
  const { status, since } = app.store.state.connection;
  if (status === 'ok' || !since) return nothing;
  const time = formatTime(since);
  if (status === 'expired') {
    return html`<div class="banner">${icon('circle-alert')}
      <p>${t('Bạn rời máy một lúc nên phiên làm việc đã đóng để bảo vệ thông tin. Đăng nhập để làm tiếp; bản đồ vẫn ở chỗ này.')}</p>
      <a class="button primary" href=${loginAddress(app)}>${t('Đăng nhập')}</a></div>`;
  }
  const words =
    status === 'unreachable'
      ? t('Mất mạng từ {time}. Vùng đã tải vẫn xem được.', { time })
      : t('Máy chủ gặp sự cố lúc {time}. Vùng đã tải vẫn xem được. Thử lại sau ít phút.', { time });
  return html`<div class="banner">${icon(status === 'unreachable' ? 'wifi-off' : 'circle-alert')}<p>${words}</p>
    <button type="button" class="button" @click=${() => retry(app)}>${t('Thử lại')}</button></div>`;
}
