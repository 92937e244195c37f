// Sharing: the address of this very view, and the same as a QR code.
// Its own chunk: loaded when somebody shares.

import { html, svg, type TemplateResult } from 'lit-html';
import { encode } from 'uqr';
import { t } from '../i18n';
import { copyButton } from './coordinates';

export function shareForm(address: string): TemplateResult {
  return html`<p>${t('Đường dẫn này mở lại đúng chỗ, đúng lớp và đối tượng đang xem.')}</p>
    <div class="field"><label for="share-address">${t('Đường dẫn')}</label>
      <input id="share-address" readonly .value=${address} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /></div>
    <div class="actions">${copyButton(address, t('Chép đường dẫn'))}</div>
    ${code(address)}`;
}

function code(address: string): TemplateResult {
  const { data, size } = encode(address, { ecc: 'M', border: 4 });
  const path = data
    .flatMap((line, y) => line.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label=${t('Mã QR của đường dẫn')}>
    ${svg`<rect width=${size} height=${size} fill="#fff"></rect><path d=${path} fill="#000"></path>`}</svg>`;
}
