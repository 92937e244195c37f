// Which classes of which layers are on the screen, and how many features of each.

import type { LayerInfo, LegendEntry } from '../api.types';
import type { InView } from '../state';

export interface Drawn {
  id?: string | number | undefined;
  sourceLayer?: string | undefined;
  properties: Record<string, unknown>;
}

/** Counts each feature once, however many tiles and style layers drew it. */
export function countInView(features: Drawn[], layers: LayerInfo[]): InView {
  const seen = new Set<string>();
  const counts: InView = new Map();
  const known = new Map(layers.map((layer) => [layer.id, layer]));
  for (const feature of features) {
    const layer = known.get(feature.sourceLayer ?? '');
    const key = `${feature.sourceLayer}/${feature.id}`;
    if (!layer || seen.has(key)) continue;
    seen.add(key);
    const classes = counts.get(layer.id) ?? new Map<string, number>();
    counts.set(layer.id, classes);
    for (const name of new Set([ALL, ...keysOf(feature, layer)])) {
      classes.set(name, (classes.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

/** The key under which a layer's features are counted together. */
const ALL = '*';

/** How many features of an entry's class are in view. */
export function countOf(inView: InView, layer: string, entry: LegendEntry): number {
  const counts = inView.get(layer);
  const { field } = entry;
  const keys = field === null ? [ALL] : entry.values.map((value) => classKey(field, value));
  return keys.reduce((sum, key) => sum + (counts?.get(key) ?? 0), 0);
}

/** Entries to show at this zoom: those drawn here that are really in view. */
export function entriesInView(layer: LayerInfo, inView: InView, zoom: number): LegendEntry[] {
  return layer.legend.filter(
    (entry) =>
      zoom >= (entry.minzoom ?? 0) &&
      zoom < (entry.maxzoom ?? 99) &&
      countOf(inView, layer.id, entry) > 0,
  );
}

function keysOf(feature: Drawn, layer: LayerInfo): string[] {
  const fields = new Set(
    layer.legend.map((entry) => entry.field).filter((field) => field !== null),
  );
  return [...fields].map((field) => classKey(field, feature.properties[field]));
}

function classKey(field: string, value: unknown): string {
  // A feature without the code is counted under the entry for those not classified.
  return `${field}=${String(value ?? '')}`;
}
