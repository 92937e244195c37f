// Readings of a station in its card: the latest value, a line over time, and the same as a table.

import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { until } from 'lit-html/directives/until.js';
import type { SeriesInfo, SeriesPoints } from '../api.types';
import type { App } from '../app';
import { formatMoment, formatNumber } from '../format';
import { t } from '../i18n';

const WIDTH = 320;
const HEIGHT = 120;
const LEFT = 44;
const BOTTOM = 22;
const DAYS = 7;

const answers = new Map<string, Promise<TemplateResult>>();

export function seriesList(app: App, series: SeriesInfo[]): TemplateResult | typeof nothing {
  if (series.length === 0) return nothing;
  return html`<section class="series" aria-label=${t('Số liệu đo')}>${series.map((one) => block(app, one))}</section>`;
}

function block(app: App, series: SeriesInfo): TemplateResult {
  const { latest } = series;
  const value = latest
    ? html`<strong class="number">${formatNumber(latest.value, 1)} ${series.unit}</strong>
        <span class="muted">${t('lúc {time}', { time: formatMoment(latest.time) })}</span>`
    : html`<span class="muted">${t('Chưa có số liệu')}</span>`;
  return html`<div class="series-one">
    <h4>${series.label}</h4>
    <p>${value}</p>
    ${latest ? until(chartOf(app, series, latest.time), html`<p class="muted">${t('Đang tải biểu đồ…')}</p>`) : nothing}
  </div>`;
}

/** One request for each series and latest reading, however often the card is drawn. */
function chartOf(app: App, series: SeriesInfo, latest: string): Promise<TemplateResult> {
  const key = `${series.url} ${latest}`;
  const known = answers.get(key);
  if (known) return known;
  const from = new Date(new Date(latest).getTime() - DAYS * 86_400_000).toISOString();
  const answer = app.api.series(series.url, from).then(
    (points) => chart(points),
    () => {
      answers.delete(key);
      return html`<p class="muted">${t('Chưa tải được biểu đồ.')}</p>`;
    },
  );
  answers.set(key, answer);
  return answer;
}

function chart(series: SeriesPoints): TemplateResult {
  const points = series.points.map(([time, value]) => ({ time: new Date(time).getTime(), value }));
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const first = points[0];
  const last = points.at(-1);
  if (known.length < 2 || !first || !last) {
    return html`<p class="muted">${t('Chưa đủ số liệu để vẽ biểu đồ.')}</p>`;
  }
  const low = Math.min(0, ...known);
  const high = Math.max(...known, low + 1);
  const x = (time: number) =>
    LEFT + ((time - first.time) / Math.max(1, last.time - first.time)) * (WIDTH - LEFT - 4);
  const y = (value: number) => 6 + (1 - (value - low) / (high - low)) * (HEIGHT - BOTTOM - 6);
  const words = t('{label} từ {from} đến {to}: thấp nhất {low}, cao nhất {high} {unit}', {
    label: series.label,
    from: formatMoment(new Date(first.time)),
    to: formatMoment(new Date(last.time)),
    low: formatNumber(Math.min(...known), 1),
    high: formatNumber(high, 1),
    unit: series.unit,
  });
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${words}>
      ${[low, (low + high) / 2, high].map(
        (value) => svg`<path class="chart-grid" d="M${LEFT} ${y(value)}H${WIDTH - 4}"></path>
          <text class="number" x=${LEFT - 6} y=${y(value) + 4} text-anchor="end">${formatNumber(value, high < 10 ? 1 : 0)}</text>`,
      )}
      <path class="chart-line" d=${lineOf(points, x, y)}></path>
      <text x=${LEFT} y=${HEIGHT - 5}>${shortDay(first.time)}</text>
      <text x=${WIDTH - 4} y=${HEIGHT - 5} text-anchor="end">${shortDay(last.time)}</text>
    </svg>
    <details class="series-table"><summary>${t('Xem bảng số liệu')}</summary>${table(series)}</details>`;
}

/** A gap in the readings is a gap in the line. */
function lineOf(
  points: { time: number; value: number | null }[],
  x: (time: number) => number,
  y: (value: number) => number,
): string {
  let pen = 'M';
  let path = '';
  for (const { time, value } of points) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = 'L';
  }
  return path;
}

function table(series: SeriesPoints): TemplateResult {
  const newest = series.points.slice(-48).reverse();
  return html`<table class="number"><thead><tr><th scope="col">${t('Lúc')}</th>
      <th scope="col">${series.label} (${series.unit})</th></tr></thead>
    <tbody>${newest.map(
      ([time, value]) => html`<tr><td>${formatMoment(time)}</td>
        <td>${value === null ? t('Chưa có số liệu') : formatNumber(value, 1)}</td></tr>`,
    )}</tbody></table>`;
}

function shortDay(time: number): string {
  const date = new Date(time);
  return `${String(date.getDate()).padStart(2, '0')}/${String(date.getMonth() + 1).padStart(2, '0')}`;
}
