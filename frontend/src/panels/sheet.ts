// The bottom sheet of a phone: three heights, by buttons or by dragging its head.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { App } from '../app';
import { t } from '../i18n';
import { icon } from '../icons';
import type { Stop } from '../state';

const STOPS: Stop[] = ['peek', 'half', 'full'];
const PEEK = 120;
const HEAD = 56;

export function sheetHandle(app: App, close: () => void): TemplateResult | typeof nothing {
  const { width, stop } = app.store.state;
  if (width !== 'phone') return nothing;
  const at = STOPS.indexOf(stop);
  return html`<div class="sheet-handle" @pointerdown=${(event: PointerEvent) => drag(app, event, close)}>
    <span class="grip" aria-hidden="true"></span>
    <div class="sheet-buttons">
      <button type="button" class="button small" ?disabled=${at === STOPS.length - 1} @click=${() => setStop(app, at + 1)}>${icon('chevron-up')}${t('Lên')}</button>
      <button type="button" class="button small" ?disabled=${at === 0} @click=${() => setStop(app, at - 1)}>${icon('chevron-down')}${t('Xuống')}</button>
    </div>
  </div>`;
}

/** How high the sheet is, in pixels, in a page of the given height. */
export function sheetHeight(stop: Stop, page: number): number {
  if (stop === 'peek') return PEEK;
  return stop === 'half' ? Math.round(page / 2) : page - HEAD;
}

/** The stop nearest to a height; none when the sheet was pulled below its lowest. */
export function nearestStop(height: number, page: number): Stop | null {
  if (height < PEEK / 2) return null;
  const distance = (stop: Stop) => Math.abs(sheetHeight(stop, page) - height);
  return STOPS.reduce((best, stop) => (distance(stop) < distance(best) ? stop : best));
}

function setStop(app: App, at: number): void {
  const stop = STOPS[at];
  if (stop) app.store.set({ stop });
}

function drag(app: App, down: PointerEvent, close: () => void): void {
  const handle = down.currentTarget as HTMLElement;
  const sheet = handle.parentElement;
  if (!sheet || (down.target as HTMLElement).closest('button')) return;
  const start = sheet.getBoundingClientRect().height;
  let height = start;
  handle.setPointerCapture(down.pointerId);
  sheet.classList.add('dragging');
  const move = (event: PointerEvent) => {
    height = start + down.clientY - event.clientY;
    sheet.style.height = `${Math.max(0, height)}px`;
  };
  const end = () => {
    handle.removeEventListener('pointermove', move);
    sheet.classList.remove('dragging');
    sheet.style.height = '';
    const stop = nearestStop(height, window.innerHeight);
    if (stop === null) close();
    else app.store.set({ stop });
  };
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', end, { once: true });
  handle.addEventListener('pointercancel', end, { once: true });
}
