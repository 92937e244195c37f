// Coordinates in words: VN-2000 with X north and Y east, and WGS 84, each with a copy button.

import { html, nothing, type TemplateResult } from 'lit-html';
import { announce } from '../announce';
import type { LonLat } from '../api.types';
import type { App } from '../app';
import { formatCoordinate, formatDegrees } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import type { Plane } from '../map/crs';

/** The coordinates of one point as a small table, for cards. */
export function coordinateLines(app: App, point: LonLat): TemplateResult {
  const plane = app.crs?.toPlane(point);
  return html`<dl class="coordinates">
    ${
      plane
        ? html`<div><dt>${t('X (Bắc)')}</dt><dd class="number">${formatCoordinate(plane.north)}</dd></div>
      <div><dt>${t('Y (Đông)')}</dt><dd class="number">${formatCoordinate(plane.east)}</dd></div>
      <div class="coordinates-system"><dd>${systemName(app)}</dd>
        <dd>${copyButton(planeText(plane), t('Chép tọa độ VN-2000'))}</dd></div>`
        : nothing
    }
    <div><dt>${t('Vĩ độ')}</dt><dd class="number">${formatDegrees(point[1])}</dd></div>
    <div><dt>${t('Kinh độ')}</dt><dd class="number">${formatDegrees(point[0])}</dd></div>
    <div class="coordinates-system"><dd>WGS 84</dd>
      <dd>${copyButton(degreesText(point), t('Chép tọa độ WGS 84'))}</dd></div>
  </dl>`;
}

/** The line in the corner of the map that follows the pointer. */
export function coordinateBar(app: App): TemplateResult | typeof nothing {
  const { pointer, place } = app.store.state;
  const { point, from } = pointer ?? { point: [place.lon, place.lat] as LonLat, from: 'centre' };
  const plane = app.crs?.toPlane(point);
  const where = { pointer: t('Con trỏ'), picked: t('Điểm đã chọn'), centre: t('Giữa bản đồ') }[
    from
  ];
  return html`<div class="coordinate-bar" role="group" aria-label=${t('Tọa độ')}>
    <span class="where">${where}${plane ? html` · ${systemName(app)}` : nothing}</span>
    ${
      plane
        ? html`<div><span class="pair">${t('X (Bắc)')} <b class="number">${formatCoordinate(plane.north)}</b></span>
        <span class="pair">${t('Y (Đông)')} <b class="number">${formatCoordinate(plane.east)}</b></span>
        ${copyButton(planeText(plane), t('Chép tọa độ VN-2000'))}</div>`
        : nothing
    }
    <div><span class="pair">WGS 84 <b class="number">${formatDegrees(point[1])}</b></span>
      <b class="number">${formatDegrees(point[0])}</b>
      ${copyButton(degreesText(point), t('Chép tọa độ WGS 84'))}</div>
  </div>`;
}

/** "VN-2000, kinh tuyến 107°45′" */
export function systemName(app: App): string {
  const { name, meridian } = app.catalogue.crs;
  const system = name.split(' / ')[0] ?? name;
  return meridian ? t('{system}, kinh tuyến {meridian}', { system, meridian }) : name;
}

/** North, east: what other programs read, so with points and no thousands. */
function planeText(plane: Plane): string {
  return `${plane.north.toFixed(2)} ${plane.east.toFixed(2)}`;
}

function degreesText(point: LonLat): string {
  return `${point[1].toFixed(7)}, ${point[0].toFixed(7)}`;
}

export function copyButton(text: string, name: string): TemplateResult {
  return html`<button type="button" class="button small" aria-label=${name} title=${name} @click=${() => copy(text)}>
    ${icon('copy')}<span>${t('Chép')}</span></button>`;
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(t('Đã chép {text}', { text }));
  } catch {
    announce(t('Trình duyệt không cho chép. Hãy chọn chữ và chép tay.'));
  }
}
