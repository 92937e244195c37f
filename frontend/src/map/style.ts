// What a style looks like once the reader's choices are applied: which layers show, how strongly,
// and which tiles are asked for. Pure functions over the server's style document.

import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';

/** One class of a legend that was chosen: the layer's other classes fade. */
export interface ClassFocus {
  layer: string;
  field: string;
  values: string[];
}

export interface Choices {
  /** Layers switched on, with the opacity chosen (1 is the layer's own). */
  layers: Map<string, number>;
  patterns: boolean;
  focus: ClassFocus | null;
}

type Factor = number | unknown[];

const FADED = 0.15;

const OPACITIES: Record<string, string[]> = {
  fill: ['fill-opacity'],
  line: ['line-opacity'],
  circle: ['circle-opacity', 'circle-stroke-opacity'],
  symbol: ['icon-opacity', 'text-opacity'],
};

export interface Dress {
  visibility: 'visible' | 'none';
  opacities: Record<string, unknown>;
}

/** The catalogue layer that a style layer draws; null for the background and our own overlays. */
export function layerOf(layer: LayerSpecification): string | null {
  return (layer.metadata as Record<string, string> | undefined)?.['diaba:layer'] ?? null;
}

export function roleOf(layer: LayerSpecification): string | null {
  return (layer.metadata as Record<string, string> | undefined)?.['diaba:role'] ?? null;
}

/** True for a fill that the style leaves out, so that the colours under it stay true. */
function isOutlined(layer: LayerSpecification): boolean {
  return (layer.metadata as Record<string, unknown> | undefined)?.['diaba:outlined'] === true;
}

/** Layers of which a style draws the outlines only. */
export function outlinedLayers(style: StyleSpecification): Set<string> {
  return new Set(style.layers.filter(isOutlined).map((layer) => layerOf(layer) ?? ''));
}

/** The basemap that a style was made with. */
export function basemapOf(style: StyleSpecification): string | undefined {
  return (style.metadata as Record<string, string> | undefined)?.['diaba:basemap'];
}

/** Layers that a style shows of its own accord. */
export function layersOfStyle(style: StyleSpecification): string[] {
  const metadata = style.metadata as Record<string, string[]> | undefined;
  return metadata?.['diaba:layers'] ?? [];
}

/** How one style layer is to be drawn; null when the choices do not concern it. */
export function dress(layer: LayerSpecification, choices: Choices): Dress | null {
  const id = layerOf(layer);
  if (id === null || roleOf(layer) === 'base') return null;
  const chosen = choices.layers.get(id);
  const motif = roleOf(layer) === 'motif';
  const hidden = chosen === undefined || (motif && (!choices.patterns || isOutlined(layer)));
  // Left out of sight, not out of reach: whoever points into it still means it.
  if (isOutlined(layer)) {
    return { visibility: hidden ? 'none' : 'visible', opacities: { 'fill-opacity': 0 } };
  }
  const factor = factorFor(id, chosen ?? 1, choices.focus);
  const paint = (layer.paint ?? {}) as Record<string, unknown>;
  const opacities: Record<string, unknown> = {};
  for (const name of OPACITIES[layer.type] ?? []) opacities[name] = scale(paint[name] ?? 1, factor);
  return { visibility: hidden ? 'none' : 'visible', opacities };
}

/** Tile addresses by source, naming only the layers that are switched on. */
export function tilesBySource(
  style: StyleSpecification,
  choices: Choices,
): Record<string, string[]> {
  const shown: Record<string, string[]> = {};
  for (const layer of style.layers) {
    const id = layerOf(layer);
    if (id === null || roleOf(layer) === 'base' || !('source' in layer)) continue;
    if (!choices.layers.has(id)) continue;
    const names = shown[layer.source] ?? [];
    shown[layer.source] = names;
    const name = 'source-layer' in layer && layer['source-layer'] ? layer['source-layer'] : id;
    if (!names.includes(name)) names.push(name);
  }
  const tiles: Record<string, string[]> = {};
  for (const [source, names] of Object.entries(shown)) {
    const specification = style.sources[source];
    if (specification?.type !== 'vector' || !specification.tiles) continue;
    tiles[source] = specification.tiles.map((address) => withLayers(address, names));
  }
  return tiles;
}

/** The style with the choices applied, ready for the engine. */
export function dressStyle(style: StyleSpecification, choices: Choices): StyleSpecification {
  const tiles = tilesBySource(style, choices);
  const sources = { ...style.sources };
  for (const [id, addresses] of Object.entries(tiles)) {
    const source = sources[id];
    if (source?.type === 'vector') sources[id] = { ...source, tiles: addresses };
  }
  const bare = barePatches(style);
  const layers = style.layers.map((layer) => {
    const dressed = dress(layer, choices);
    if (dressed === null) return layer;
    return {
      ...layer,
      layout: { ...layer.layout, visibility: dressed.visibility },
      paint: { ...layer.paint, ...dressed.opacities, ...(bare.has(layer) ? BARE : {}) },
    } as LayerSpecification;
  });
  return { ...style, sources, layers };
}

/** Without the hairline that the engine draws around every patch of colour at the price of the patch. */
const BARE = { 'fill-antialias': false };

/** Fills whose edge nobody sees: motifs, and those that have a line of their own on it. */
function barePatches(style: StyleSpecification): Set<LayerSpecification> {
  const lined = new Set(style.layers.filter(({ type }) => type === 'line').map(layerOf));
  const bare = (layer: LayerSpecification) =>
    layer.type === 'fill' && (lined.has(layerOf(layer)) || 'fill-pattern' in (layer.paint ?? {}));
  return new Set(style.layers.filter(bare));
}

/** `…/tiles/a,b/{z}/…` with other layers; a scope (`/tiles/@staff/…`) stays. */
export function withLayers(address: string, layers: string[]): string {
  return address.replace(/[^/]+(?=\/\{z\}\/)/, layers.join(','));
}

function factorFor(id: string, opacity: number, focus: ClassFocus | null): Factor {
  if (focus?.layer !== id) return opacity;
  return [
    'case',
    ['in', ['coalesce', ['get', focus.field], ''], ['literal', focus.values]],
    opacity,
    opacity * FADED,
  ];
}

/**
 * An opacity times a factor. The zoom may only stand at the top of an expression, so the factor
 * goes into the outputs of a zoom curve instead of around it.
 */
export function scale(value: unknown, factor: Factor): unknown {
  if (factor === 1) return value;
  if (typeof value === 'number') {
    return typeof factor === 'number' ? value * factor : ['*', value, factor];
  }
  if (!Array.isArray(value)) return value;
  if (value[0] === 'interpolate' && isZoom(value[2])) {
    return value.map((part, i) => (i >= 4 && i % 2 === 0 ? scale(part, factor) : part));
  }
  if (value[0] === 'step' && isZoom(value[1])) {
    return value.map((part, i) => (i >= 2 && i % 2 === 0 ? scale(part, factor) : part));
  }
  return ['*', value, factor];
}

function isZoom(value: unknown): boolean {
  return Array.isArray(value) && value[0] === 'zoom';
}
