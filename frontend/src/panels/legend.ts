// The legend of what is in view: classes with counts; choosing one fades the others.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { LayerInfo, LegendEntry } from '../api.types';
import { type App, shownLayers } from '../app';
import { chooseClass } from '../choices';
import { formatNumber } from '../format';
import { t } from '../i18n';
import { countOf, entriesInView } from '../map/inview';
import { swatch } from './swatch';

export function legend(app: App): TemplateResult {
  const { inView, place, focus } = app.store.state;
  const layers = shownLayers(app)
    .map((layer) => ({ layer, entries: entriesInView(layer, inView, place.zoom) }))
    .filter(({ entries }) => entries.length > 0);
  return html`<section class="legend" aria-labelledby="legend-title">
    <h3 id="legend-title">${t('Chú giải đang thấy')}</h3>
    ${
      layers.length === 0
        ? html`<p class="muted">${t('Chưa có gì để chú giải ở đây. Phóng to hoặc bật thêm lớp.')}</p>`
        : layers.map(({ layer, entries }) => group(app, layer, entries))
    }
    ${
      focus
        ? html`<button type="button" class="button" @click=${() => app.store.set({ focus: null })}>
            ${t('Hiện lại mọi loại')}
          </button>`
        : nothing
    }
  </section>`;
}

function group(app: App, layer: LayerInfo, entries: LegendEntry[]): TemplateResult {
  return html`<h4>${layer.title}</h4>
    <ul class="legend-entries">${entries.map((entry) => html`<li>${row(app, layer, entry)}</li>`)}</ul>`;
}

function row(app: App, layer: LayerInfo, entry: LegendEntry): TemplateResult {
  const { inView, focus } = app.store.state;
  const count = formatNumber(countOf(inView, layer.id, entry));
  const { field, values } = entry;
  const words = html`${swatch(entry, app.catalogue.motifs)}
    <span class="legend-label">${entry.label}</span>
    <span class="count"><span class="sr">${t('số lượng')} </span>${count}</span>`;
  if (field === null) return html`<span class="legend-row">${words}</span>`;
  const chosen = focus?.layer === layer.id && focus.values.join() === values.join();
  return html`<button type="button" class="legend-row" aria-pressed=${chosen ? 'true' : 'false'}
    @click=${() => chooseClass(app, { layer: layer.id, field, values })}>${words}</button>`;
}
