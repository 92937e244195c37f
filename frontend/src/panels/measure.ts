// The measuring panel: what is measured, the result, and a button for everything the pointer does.

import { html, nothing, type TemplateResult } from 'lit-html';
import { announce } from '../announce';
import { type App, legalCrs } from '../app';
import { formatArea, formatLength } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import type { MeasureTool } from '../map/measure';
import type { MeasureState } from '../state';
import { copyButton, systemName } from './coordinates';

let tool: MeasureTool | null = null;

export async function startMeasure(app: App, kind: 'line' | 'area'): Promise<void> {
  const { map } = app;
  if (!map) return;
  app.map?.showSelected(null, '');
  app.map?.overlay.preview(null);
  app.store.set({
    panel: 'measure',
    selected: null,
    layersOpen: app.store.state.width === 'desktop' && app.store.state.layersOpen,
  });
  if (!tool) {
    const { MeasureTool: Tool } = await import('../map/measure');
    const crs = await legalCrs(app);
    tool = new Tool(map.map, crs, (measure) => app.store.set({ measure }));
  }
  tool.start(kind);
  map.canvas.focus();
  announce(t('Đang đo. Phím cách đặt điểm, Enter kết thúc, Esc thôi đo.'));
}

export function stopMeasure(app: App): void {
  tool?.stop();
  const { panel } = app.store.state;
  app.store.set({ measure: null, panel: panel === 'measure' ? null : panel });
}

/** Keys of the map while measuring; true when the key was used. */
export function measureKey(app: App, code: string): boolean {
  const { measure } = app.store.state;
  if (!measure || !tool) return false;
  const actions: Record<string, () => void> = {
    Space: () => addPoint(app),
    Enter: () => finish(app),
    NumpadEnter: () => finish(app),
    Delete: () => undo(app),
    Escape: () =>
      measure.points > 0 && !measure.finished ? tool?.start(measure.kind) : stopMeasure(app),
  };
  const action = actions[code];
  action?.();
  return action !== undefined;
}

export function measurePanel(app: App): TemplateResult {
  const { measure } = app.store.state;
  return html`<header class="panel-head">
      <h2 id="measure-title" tabindex="-1">${t('Đo trên bản đồ')}</h2>
      <button type="button" class="icon-button" aria-label=${t('Thôi đo')} @click=${() => stopMeasure(app)}>${icon('x')}</button>
    </header>
    <div class="panel-body">${measure ? working(app, measure) : html`<p>${t('Đang mở công cụ đo…')}</p>`}</div>`;
}

function working(app: App, measure: MeasureState): TemplateResult {
  const enough = measure.points >= (measure.kind === 'line' ? 2 : 3);
  return html`<fieldset class="choice"><legend>${t('Đo gì?')}</legend><div class="chips">
      ${kindChip(measure, 'line', t('Chiều dài'))}${kindChip(measure, 'area', t('Diện tích'))}
    </div></fieldset>
    ${results(measure)}
    <p class="muted">${hint(measure)}</p>
    <div class="actions">
      ${
        measure.finished
          ? nothing
          : html`
        <button type="button" class="button" @click=${() => addPoint(app)}>${icon('plus')}${t('Đặt điểm ở giữa bản đồ')}</button>
        <button type="button" class="button" ?disabled=${measure.points === 0} @click=${() => undo(app)}>${icon('undo')}${t('Hoàn tác điểm')}</button>
        <button type="button" class="button primary" ?disabled=${!enough} @click=${() => finish(app)}>${icon('check')}${t('Xong')}</button>`
      }
      ${measure.finished ? html`<button type="button" class="button" @click=${() => tool?.start(measure.kind)}>${t('Đo lại')}</button>` : nothing}
    </div>
    <p class="source">${t('Tính trên mặt phẳng {system}. Số đo trên bản đồ, không thay số đo ngoài thực địa.', { system: systemName(app) })}</p>`;
}

function results(measure: MeasureState): TemplateResult {
  const length = formatLength(measure.length);
  if (measure.kind === 'line') {
    return html`<p class="answer number">${length} ${copyButton(measure.length.toFixed(2), t('Chép chiều dài'))}</p>`;
  }
  return html`<p class="answer number">${formatArea(measure.area)} ${copyButton(measure.area.toFixed(1), t('Chép diện tích'))}</p>
    <p class="number">${t('Chu vi: {length}', { length })}</p>`;
}

function hint(measure: MeasureState): string {
  if (measure.finished) return t('Đã đo xong.');
  if (measure.points === 0) return t('Chạm bản đồ để đặt điểm đầu.');
  return t('Đã đặt {n} điểm. Chạm để đặt điểm tiếp, chạm lại điểm cuối để xong.', {
    n: measure.points,
  });
}

function kindChip(measure: MeasureState, kind: 'line' | 'area', title: string): TemplateResult {
  return html`<label class="chip"><input type="radio" name="measure-kind" value=${kind}
    .checked=${measure.kind === kind} @change=${() => tool?.start(kind)} /><span>${title}</span></label>`;
}

function addPoint(app: App): void {
  tool?.addAtCentre();
  tell(app);
}

function undo(app: App): void {
  tool?.undo();
  tell(app);
}

function finish(app: App): void {
  tool?.finish();
  tell(app);
}

function tell(app: App): void {
  const { measure } = app.store.state;
  if (!measure) return;
  const value = measure.kind === 'line' ? formatLength(measure.length) : formatArea(measure.area);
  announce(t('{n} điểm, {value}', { n: measure.points, value }));
}
