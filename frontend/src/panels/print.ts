// Printing: a map of its own at an exact scale on paper, with legend, title, date and sources.
// Its own chunk: loaded when somebody prints.

import { html, nothing, render, type TemplateResult } from 'lit-html';
import { Map as MapLibreMap, type StyleSpecification } from 'maplibre-gl';
import type { App } from '../app';
import { shownLayers } from '../app';
import { formatDate, formatMoment, formatScale } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { Images } from '../map/images';
import { countInView, entriesInView } from '../map/inview';
import { roundedScale, SCALES, scaleOf, zoomFor } from '../map/scale';
import { layerOf, roleOf } from '../map/style';
import { addressOf } from '../navigation';
import type { InView } from '../state';
import { systemName } from './coordinates';
import { asOutline } from './legend';
import { byId } from './page';
import { swatch } from './swatch';

/** The map's part of an A4 sheet with 10 mm margins, in millimetres. */
const PAPER = {
  landscape: { width: 205, height: 165 },
  portrait: { width: 190, height: 178 },
} as const;

const PIXELS_PER_MM = 96 / 25.4;
const DENSITY = 2;

interface Draft {
  /** The address of the view it is for. */
  view: string;
  title: string;
  orientation: keyof typeof PAPER;
  scale: number;
}

interface Picture {
  /** False for a picture of the screen, whose scale on paper nobody knows. */
  exact: boolean;
  address: string;
  inView: InView;
  zoom: number;
}

let draft: Draft | null = null;
let working = false;
/** True from the dialog's sheet until it is printed. */
let asked = false;

export function printForm(app: App): TemplateResult {
  const { place } = app.store.state;
  const now = roundedScale(scaleOf(place.zoom, place.lat));
  const view = addressOf(app.store.state);
  // Another view begins with a title and a scale of its own.
  if (draft?.view !== view) {
    const orientation = draft?.orientation ?? 'landscape';
    draft = { view, title: defaultTitle(app), orientation, scale: now };
  }
  const current = draft;
  const scales = [...new Set([now, ...SCALES])].sort((a, b) => a - b);
  const change = (patch: Partial<Draft>) => {
    draft = { ...current, ...patch };
    app.store.set({});
  };
  return html`<div class="field"><label for="print-title">${t('Tên bản in')}</label>
      <input id="print-title" .value=${current.title} @change=${(event: Event) => change({ title: (event.target as HTMLInputElement).value })} /></div>
    <div class="field"><label for="print-scale">${t('Tỷ lệ bản đồ')}</label>
      <select id="print-scale" class="number" @change=${(event: Event) => change({ scale: Number((event.target as HTMLSelectElement).value) })}>
        ${scales.map((scale) => html`<option value=${scale} .selected=${scale === current.scale}>${formatScale(scale)}</option>`)}
      </select></div>
    <fieldset class="choice"><legend>${t('Giấy A4')}</legend><div class="chips">
      ${orientation(current, 'landscape', t('Ngang'), change)}${orientation(current, 'portrait', t('Dọc'), change)}</div></fieldset>
    <p class="muted">${t('Bản in dùng màu và ký hiệu chính thức, tâm là giữa bản đồ đang xem.')}</p>
    <div class="actions"><button type="button" class="button primary" ?disabled=${working} @click=${() => makeSheet(app, current)}>
      ${icon('printer')}${working ? t('Đang vẽ bản in…') : t('In')}</button></div>`;
}

function orientation(
  current: Draft,
  value: keyof typeof PAPER,
  words: string,
  change: (patch: Partial<Draft>) => void,
): TemplateResult {
  return html`<label class="chip"><input type="radio" name="orientation" value=${value} .checked=${current.orientation === value}
    @change=${() => change({ orientation: value })} /><span>${words}</span></label>`;
}

/** Ctrl+P and the browser's own menu print what is on the screen, at the screen's scale. */
export function printWhenAsked(app: App): void {
  const container = byId('print');
  window.addEventListener('beforeprint', () => {
    const { map, store } = app;
    if (!map || asked) return;
    const { place, inView } = store.state;
    const title = defaultTitle(app);
    const scale = roundedScale(scaleOf(place.zoom, place.lat));
    // Read at once after drawing: the engine does not keep its picture any longer.
    map.map.redraw();
    const address = map.canvas.toDataURL('image/png');
    container.dataset.orientation = 'landscape';
    const wanted: Draft = { view: '', title, orientation: 'landscape', scale };
    render(sheet(app, wanted, { address, inView, zoom: place.zoom, exact: false }), container);
  });
  window.addEventListener('afterprint', () => {
    asked = false;
  });
}

async function makeSheet(app: App, wanted: Draft): Promise<void> {
  const container = byId('print');
  if (!app.map) return;
  working = true;
  app.store.set({});
  try {
    const picture = await paint(app, wanted);
    container.dataset.orientation = wanted.orientation;
    render(sheet(app, wanted, picture), container);
    await container.querySelector('img')?.decode();
  } finally {
    working = false;
    app.store.set({});
  }
  asked = true;
  window.print();
}

/** Draws the view on a second, unseen map as large as the paper wants it. */
async function paint(app: App, wanted: Draft): Promise<Picture> {
  const { place } = app.store.state;
  const shown = (app.map as NonNullable<App['map']>).map;
  const size = PAPER[wanted.orientation];
  const box = document.createElement('div');
  box.className = 'print-canvas';
  box.style.width = `${size.width * PIXELS_PER_MM}px`;
  box.style.height = `${size.height * PIXELS_PER_MM}px`;
  document.body.append(box);
  const zoom = zoomFor(wanted.scale, place.lat);
  const map = new MapLibreMap({
    container: box,
    style: withoutFading(shown.getStyle()),
    center: [place.lon, place.lat],
    zoom,
    pixelRatio: DENSITY,
    interactive: false,
    attributionControl: false,
    fadeDuration: 0,
    validateStyle: false,
    canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  try {
    new Images(map, app.catalogue.motifs);
    await map.once('idle');
    const layers = map
      .getStyle()
      .layers.filter((layer) => roleOf(layer) === 'theme' && layerOf(layer));
    const drawn = map.queryRenderedFeatures({ layers: layers.map((layer) => layer.id) });
    const inView = countInView(drawn, app.catalogue.layers);
    return { address: map.getCanvas().toDataURL('image/png'), inView, zoom, exact: true };
  } finally {
    map.remove();
    box.remove();
  }
}

/** The hover marks belong to the mouse, not to the paper. */
function withoutFading(style: StyleSpecification): StyleSpecification {
  return { ...style, layers: style.layers.filter((layer) => !layer.id.startsWith('diaba-hover')) };
}

function sheet(app: App, wanted: Draft, picture: Picture): TemplateResult {
  const { outlined } = app.store.state;
  const layers = shownLayers(app);
  const sources = [...new Set(layers.map((layer) => layer.attribution).filter(Boolean))];
  const dates = layers.flatMap((layer) => (layer.updated ? [layer.updated] : [])).sort();
  const newest = dates.at(-1);
  const size = PAPER[wanted.orientation];
  return html`<h1>${wanted.title}</h1>
    <p>${picture.exact ? html`${t('Tỷ lệ {scale}', { scale: formatScale(wanted.scale) })} · ` : nothing}${systemName(app)} · ${t('Bắc ở trên')} ·
      ${t('In lúc {time}', { time: formatMoment(new Date()) })}${newest ? html` · ${t('Số liệu ngày {date}', { date: formatDate(newest) })}` : nothing}</p>
    <div class="print-body">
      <figure><img alt=${wanted.title} src=${picture.address} width=${size.width * PIXELS_PER_MM} height=${size.height * PIXELS_PER_MM} />
        ${picture.exact ? scaleBar(wanted.scale) : nothing}</figure>
      <section class="print-legend"><h2>${t('Chú giải')}</h2>${layers.map((layer) => {
        const drawn = outlined.has(layer.id) ? asOutline(layer) : layer;
        const entries = entriesInView(drawn, picture.inView, picture.zoom);
        return entries.length === 0
          ? nothing
          : html`<h3>${layer.title}</h3><ul class="plain">${entries.map(
              (entry) =>
                html`<li>${swatch(entry, app.catalogue.motifs)}<span>${entry.label}</span></li>`,
            )}</ul>`;
      })}</section>
    </div>
    <p>${t('Nguồn: {source}', { source: sources.join(' · ') })}. ${t('Không thay văn bản pháp lý.')}</p>
    <p class="print-address">${location.origin + location.pathname + addressOf(app.store.state)}</p>`;
}

/** A bar of a round length: the paper may be copied at another size. */
function scaleBar(scale: number): TemplateResult {
  const wish = (scale * 50) / 1000;
  const unit = 10 ** Math.floor(Math.log10(wish));
  const metres = Math.floor(wish / unit) * unit;
  const pixels = ((metres * 1000) / scale) * PIXELS_PER_MM;
  const words = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  return html`<figcaption class="print-bar"><svg width=${pixels + 2} height="10" viewBox="0 0 ${pixels + 2} 10" aria-hidden="true">
    <path d="M1 1V9H${pixels + 1}V1" fill="none" stroke="#000" stroke-width="1.5"></path></svg> ${words}</figcaption>`;
}

function defaultTitle(app: App): string {
  const { style, card } = app.store.state;
  const hit = card.hits[card.index];
  const theme = app.catalogue.styles.find((each) => each.id === style)?.title ?? '';
  return hit ? `${hit.title} – ${theme}` : `${app.catalogue.name} – ${theme}`;
}
