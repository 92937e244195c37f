// The points of a drawing as numbers: X north before Y east, typed, changed, pasted, or read from a file.

import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { announce } from '../../announce';
import { areaOf, bearing, distance, lengthOf, polar, toMillimetre } from '../../draw/plane';
import type { Shape } from '../../draw/sketch';
import { formatArea, formatCoordinate, formatLength, formatNumber } from '../../format';
import { getLanguage, t } from '../../i18n';
import { icon } from '../../icons';
import type { Metres } from '../changeset';
import { addPoint, dropLast, setPoints, snapWords } from '../entry';
import { parseNumber } from '../numbers';
import { formatPoints, type Order, type PointList, parsePoints } from '../points';
import { faultOf } from '../range';
import type { Editor } from '../state';

export function pointsForm(editor: Editor, shape: Shape, most: number): TemplateResult {
  const { points, pasted } = editor.store.state;
  return html`<section class="points" aria-label=${t('Các điểm')}>
    <h3>${t('Các điểm')} <span class="number">${points.length}</span></h3>
    <p class="muted">${editor.catalogue.crs.name}</p>
    ${points.length > 0 ? table(editor) : nothing}
    ${measures(editor, shape)}
    ${pasted ? pasteForm(editor, most) : html`${addForm(editor)}${most > 2 ? pasteButton(editor) : nothing}`}
  </section>`;
}

function table(editor: Editor): TemplateResult {
  const { points } = editor.store.state;
  return html`<table class="point-table"><thead><tr><th scope="col">${t('Điểm')}</th><th scope="col">${t('X (Bắc)')}</th>
      <th scope="col">${t('Y (Đông)')}</th><th><span class="sr">${t('Bỏ')}</span></th></tr></thead>
    <tbody>${points.map((point, i) => row(editor, point, i))}</tbody></table>
    <div class="actions"><button type="button" class="button small" @click=${() => dropLast(editor)}>${t('Bỏ điểm cuối')}</button>
    <button type="button" class="button small" @click=${() => setPoints(editor, [])}>${t('Bỏ hết')}</button>
    <button type="button" class="button small" @click=${() => copyPoints(points)}>${icon('copy')}${t('Chép')}</button></div>`;
}

function row(editor: Editor, [east, north]: Metres, index: number): TemplateResult {
  const n = index + 1;
  const change = (axis: 0 | 1) => (event: Event) => {
    const input = event.target as HTMLInputElement;
    const value = parseNumber(input.value);
    input.setCustomValidity(value === null ? t('Chưa rõ là số nào.') : '');
    if (value === null) {
      input.reportValidity();
      return;
    }
    moveTo(editor, index, axis, value);
  };
  const nudge = (axis: 0 | 1) => (event: KeyboardEvent) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    const step = (event.shiftKey ? 0.1 : 0.01) * way;
    const from = editor.store.state.points[index];
    if (from) moveTo(editor, index, axis, from[axis] + step);
  };
  return html`<tr><th scope="row">${n}</th>
    <td><input class="number" inputmode="decimal" autocomplete="off" aria-label=${t('X (Bắc) của điểm {n}', { n })}
      .value=${live(editable(north))} @change=${change(1)} @keydown=${nudge(1)} /></td>
    <td><input class="number" inputmode="decimal" autocomplete="off" aria-label=${t('Y (Đông) của điểm {n}', { n })}
      .value=${live(editable(east))} @change=${change(0)} @keydown=${nudge(0)} /></td>
    <td><button type="button" class="icon-button" aria-label=${t('Bỏ điểm {n}', { n })}
      @click=${() => remove(editor, index)}>${icon('x')}</button></td></tr>`;
}

/** With millimetres, which drawing on a vertex has; without thousands, as people type them. */
function editable(value: number): string {
  return value.toFixed(3).replace('.', getLanguage() === 'vi' ? ',' : '.');
}

function moveTo(editor: Editor, index: number, axis: 0 | 1, value: number): void {
  const points = editor.store.state.points.map((point, i) => {
    if (i !== index) return point;
    return toMillimetre(axis === 0 ? [value, point[1]] : [point[0], value]);
  });
  setPoints(editor, points);
}

function remove(editor: Editor, index: number): void {
  setPoints(
    editor,
    editor.store.state.points.filter((_, i) => i !== index),
  );
}

async function copyPoints(points: Metres[]): Promise<void> {
  const named = points.map(([east, north], i) => ({ name: String(i + 1), north, east }));
  try {
    await navigator.clipboard.writeText(formatPoints(named));
    announce(t('Đã chép {n} điểm.', { n: points.length }));
  } catch {
    announce(t('Trình duyệt không cho chép. Hãy chọn chữ và chép tay.'));
  }
}

/** Length, bearing and area as they will be, with the point that hangs at the pointer. */
function measures(editor: Editor, shape: Shape): TemplateResult {
  const { points, hanging, snap } = editor.store.state;
  const all = hanging ? [...points, hanging] : points;
  const [from, to] = all.slice(-2);
  return html`<dl class="live-measures">
    ${
      from && to
        ? html`<div><dt>${t('Cạnh')}</dt><dd class="number">${formatLength(distance(from, to))}</dd></div>
      <div><dt>${t('Phương vị')}</dt><dd class="number">${formatNumber(bearing(from, to), 3, true)}°</dd></div>`
        : nothing
    }
    ${all.length > 2 ? html`<div><dt>${t('Tổng dài')}</dt><dd class="number">${formatLength(lengthOf(all))}</dd></div>` : nothing}
    ${shape === 'polygon' && all.length > 2 ? html`<div><dt>${t('Diện tích')}</dt><dd class="number">${formatArea(areaOf(all))}</dd></div>` : nothing}
    ${snap ? html`<div class="snap-words"><dt>${t('Bắt điểm')}</dt><dd>${snapWords(snap)}</dd></div>` : nothing}
  </dl>`;
}

function addForm(editor: Editor): TemplateResult {
  const last = editor.store.state.points.at(-1);
  return html`<form class="add-point" id="add-point" @submit=${(event: SubmitEvent) => addTyped(editor, event)}>
      <div class="field-pair">
        <div class="field"><label for="point-x">${t('X (Bắc)')}</label><input id="point-x" name="x" class="number" inputmode="decimal" autocomplete="off" /></div>
        <div class="field"><label for="point-y">${t('Y (Đông)')}</label><input id="point-y" name="y" class="number" inputmode="decimal" autocomplete="off" /></div>
      </div>
      ${
        last
          ? html`<p class="muted">${t('Hoặc tính từ điểm cuối:')}</p><div class="field-pair">
        <div class="field"><label for="point-d">${t('Dài (m)')}</label><input id="point-d" name="d" class="number" inputmode="decimal" autocomplete="off" /></div>
        <div class="field"><label for="point-a">${t('Phương vị (°)')}</label><input id="point-a" name="a" class="number" inputmode="decimal" autocomplete="off" /></div>
      </div>`
          : nothing
      }
      <button class="button">${icon('plus')}${t('Thêm điểm')}</button>
    </form>`;
}

function addTyped(editor: Editor, event: SubmitEvent): void {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const texts = new FormData(form);
  const number = (name: string) => parseNumber(String(texts.get(name) ?? ''));
  const [x, y, d, a] = [number('x'), number('y'), number('d'), number('a')];
  const last = editor.store.state.points.at(-1);
  const byBearing = last && d !== null && a !== null && !texts.get('x') && !texts.get('y');
  if (!byBearing && (x === null || y === null)) {
    say(editor, t('Nhập cả X (Bắc) và Y (Đông) bằng số, ví dụ 1145210,35 và 428114,02.'));
    return;
  }
  const at: Metres = byBearing ? polar(last, d, a) : [y ?? 0, x ?? 0];
  const fault = faultOf(editor.crs.info.bounds, { north: at[1], east: at[0] });
  if (fault) {
    say(editor, faultWords(fault));
    return;
  }
  editor.store.set({ problem: null });
  addPoint(editor, toMillimetre(at));
  form.reset();
  form.querySelector<HTMLInputElement>('input')?.focus();
}

function faultWords(fault: 'swapped' | 'outside'): string {
  return fault === 'swapped'
    ? t('Có vẻ X và Y bị đổi chỗ. X là hướng bắc, Y là hướng đông.')
    : t('Tọa độ này nằm ngoài vùng của hệ tọa độ. Xem lại số và kinh tuyến trục.');
}

function say(editor: Editor, sentence: string): void {
  editor.store.set({ problem: { sentence, errors: [] } });
  announce(sentence);
}

function pasteButton(editor: Editor): TemplateResult {
  return html`<button type="button" class="button" @click=${() => editor.store.set({ pasted: { text: '', order: null } })}>
    ${icon('list')}${t('Dán hoặc mở danh sách điểm')}</button>`;
}

function pasteForm(editor: Editor, most: number): TemplateResult {
  const { pasted } = editor.store.state;
  if (!pasted) return html``;
  const list = parsePoints(pasted.text, pasted.order);
  const change = (patch: Partial<typeof pasted>) => paste(editor, { ...pasted, ...patch });
  return html`<div class="paste">
    <div class="field"><label for="paste">${t('Danh sách điểm, mỗi dòng một điểm')}</label>
      <textarea id="paste" rows="6" class="number" .value=${live(pasted.text)}
        @input=${(event: Event) => change({ text: (event.target as HTMLTextAreaElement).value })}></textarea></div>
    <div class="field"><label for="paste-file">${t('Hoặc mở tệp CSV, TXT')}</label>
      <input id="paste-file" type="file" accept=".csv,.txt,text/plain,text/csv" @change=${async (
        event: Event,
      ) => {
        const file = (event.target as HTMLInputElement).files?.[0];
        if (file) change({ text: await file.text() });
      }} /></div>
    ${list.asksOrder || pasted.order ? orderChoice(pasted.order, (order) => change({ order })) : nothing}
    ${summary(editor, list)}
    <div class="actions">
      <button type="button" class="button primary" ?disabled=${!isGood(editor, list, most)} @click=${() => accept(editor, list)}>
        ${t('Nhận {n} điểm', { n: list.points.length })}</button>
      <button type="button" class="button" @click=${() => paste(editor, null)}>${t('Bỏ')}</button>
    </div></div>`;
}

function orderChoice(chosen: Order | null, choose: (order: Order) => void): TemplateResult {
  const radio = (
    order: Order,
    words: string,
  ) => html`<label class="check"><input type="radio" name="order" .checked=${chosen === order}
    @change=${() => choose(order)} /><span>${words}</span></label>`;
  return html`<fieldset class="choice"><legend>${t('Cột nào là X (Bắc)?')}</legend>
    ${radio('north_east', t('Cột đầu là X (Bắc), cột sau là Y (Đông)'))}
    ${radio('east_north', t('Cột đầu là Y (Đông), cột sau là X (Bắc)'))}</fieldset>`;
}

function summary(editor: Editor, list: PointList): TemplateResult {
  const first = list.points[0];
  const fault = list.points
    .map((point) => faultOf(editor.crs.info.bounds, point))
    .find((one) => one !== null);
  return html`<div aria-live="polite">
    ${first ? html`<p>${t('Đọc được {n} điểm. Điểm đầu: X (Bắc) {x}, Y (Đông) {y}.', { n: list.points.length, x: formatCoordinate(first.north), y: formatCoordinate(first.east) })}</p>` : nothing}
    ${list.asksOrder ? html`<p class="warn">${t('Danh sách không ghi cột nào là X. Chọn ở trên.')}</p>` : nothing}
    ${fault ? html`<p class="warn">${faultWords(fault)}</p>` : nothing}
    ${list.troubles.slice(0, 5).map(
      ({ line, text, why }) =>
        html`<p class="warn">${
          why === 'numbers'
            ? t('Dòng {line} chưa rõ là số nào: {text}', { line, text })
            : t('Dòng {line} không rõ cột: {text}. Thêm dòng tiêu đề, ví dụ Điểm;X;Y.', {
                line,
                text,
              })
        }</p>`,
    )}</div>`;
}

function isGood(editor: Editor, list: PointList, most: number): boolean {
  const inside = list.points.every((point) => faultOf(editor.crs.info.bounds, point) === null);
  const { length } = list.points;
  return length > 0 && length <= most && list.troubles.length === 0 && !list.asksOrder && inside;
}

/** Keeps what is pasted, and shows its points on the map before they are accepted. */
function paste(editor: Editor, pasted: { text: string; order: Order | null } | null): void {
  editor.store.set({ pasted });
  const points = pasted ? parsePoints(pasted.text, pasted.order).points : [];
  const inside = points.filter((point) => faultOf(editor.crs.info.bounds, point) === null);
  const coordinates = inside.map((point) => editor.crs.toLonLat(point));
  const [first] = coordinates;
  editor.layers?.pointOut(first ? { type: 'MultiPoint', coordinates } : null);
  if (first) editor.view?.reveal(first);
}

function accept(editor: Editor, list: PointList): void {
  const points = list.points.map(({ north, east }) => toMillimetre([east, north]));
  editor.store.set({ pasted: null });
  editor.layers?.pointOut(null);
  setPoints(editor, points);
  announce(t('Đã nhận {n} điểm.', { n: points.length }));
}
