// The small picture that stands for a class: its colour, outline, motif, line type or symbol.

import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from 'lit-html';
import { until } from 'lit-html/directives/until.js';
import type { LegendEntry, Motif } from '../api.types';

const WIDTH = 28;
const HEIGHT = 20;
const MOTIF_COLOUR = '#17201b';

type Look = Pick<
  LegendEntry,
  'kind' | 'color' | 'opacity' | 'outline' | 'width' | 'dash' | 'motif' | 'icon'
>;

export function swatch(look: Look, motifs: Record<string, Motif>): TemplateResult {
  return html`<svg class="swatch" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" focusable="false">
    ${body(look, motifs)}
  </svg>`;
}

function body(look: Look, motifs: Record<string, Motif>): SVGTemplateResult {
  if (look.kind === 'line') return line(look);
  if (look.kind === 'circle') return circle(look);
  return fill(look, look.motif ? motifs[look.motif] : undefined);
}

function fill(look: Look, motif: Motif | undefined): SVGTemplateResult {
  const outline = look.outline ?? '#6b766f';
  return svg`<rect x="1" y="1" width="26" height="18" fill="#fff"></rect>
    <rect x="1" y="1" width="26" height="18" fill=${look.color ?? 'none'} fill-opacity=${look.opacity ?? 1}></rect>
    ${motif ? tiled(motif) : nothing}
    <rect x="1" y="1" width="26" height="18" fill="none" stroke=${outline} stroke-width="1"
      stroke-dasharray=${look.dash ? look.dash.map((part) => part * 1.5).join(' ') : nothing}></rect>`;
}

/** The motif at two thirds of its size: the swatch shows more than one of it. */
function tiled(motif: Motif): SVGTemplateResult {
  const step = motif.size * (2 / 3);
  const share = step / 24;
  const places: SVGTemplateResult[] = [];
  for (let x = 0; x < WIDTH; x += step) {
    for (let y = 0; y < HEIGHT; y += step) {
      places.push(
        svg`<path d=${motif.path} transform="translate(${x} ${y}) scale(${share})"></path>`,
      );
    }
  }
  const stroke = motif.mode === 'stroke';
  return svg`<svg x="1" y="1" width="26" height="18" viewBox="0 0 26 18"><g
    fill=${stroke ? 'none' : MOTIF_COLOUR} stroke=${stroke ? MOTIF_COLOUR : 'none'}
    stroke-width=${1.2 / share} opacity="0.8">${places}</g></svg>`;
}

function line(look: Look): SVGTemplateResult {
  const width = Math.min(5, Math.max(2, look.width ?? 2));
  const dash = look.dash ? look.dash.map((part) => part * width).join(' ') : nothing;
  const casing = look.outline
    ? svg`<path d="M1 10H27" stroke=${look.outline} stroke-width=${width + 2.5}></path>`
    : nothing;
  return svg`${casing}<path d="M1 10H27" fill="none" stroke=${look.color ?? 'none'} stroke-width=${width}
    stroke-opacity=${look.opacity ?? 1} stroke-dasharray=${dash}></path>`;
}

function circle(look: Look): SVGTemplateResult {
  const radius = look.icon ? 9 : 6;
  const glyph = look.icon ? until(symbol(look.icon), nothing) : nothing;
  return svg`<circle cx="14" cy="10" r=${radius} fill=${look.color ?? '#4a554e'}
    stroke=${look.outline ?? '#ffffff'} stroke-width="1"></circle>${glyph}`;
}

async function symbol(name: string): Promise<SVGTemplateResult> {
  const { symbolPaths } = await import('../map/symbols');
  const paths = symbolPaths(name) ?? [];
  return svg`<g fill="#ffffff" transform="translate(8.4 4.4) scale(0.75)">${paths.map(
    (path) => svg`<path d=${path}></path>`,
  )}</g>`;
}
