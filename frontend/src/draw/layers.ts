// The draft on the map: areas to choose from, what is chosen, before and after, and where the findings are.
// Each state is a dark core on a white casing and differs from the others by its line, not by colour alone.

import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { type DraftFeature, type Issue, type Item, keyOf } from '../edits/changeset';
import { zoomed } from '../map/overlay';

const DRAFT = '#6a2c91';
const BEFORE = '#4a554e';
const CHOSEN = '#0a2bd6';
const SEVERITY = ['match', ['get', 'severity'], 'block', '#b3261e', 'review', '#8a4b00', '#1d4f91'];
const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };
const HATCH = 'diaba-hatch';

const SOURCES = ['areas', 'before', 'after', 'chosen', 'issues', 'import'] as const;
type Source = (typeof SOURCES)[number];

const CORE = zoomed([12, 2], [14, 2], [16, 2.5], [18, 3.5], [20, 5]);
const CASING = zoomed([12, 5], [14, 6], [16, 6.5], [18, 8.5], [20, 11]);

export type Side = 'both' | 'before' | 'after';

export class DraftLayers {
  constructor(private readonly map: MapLibreMap) {}

  install(): void {
    if (!this.map.hasImage(HATCH)) this.map.addImage(HATCH, hatch(), { pixelRatio: 2 });
    for (const name of SOURCES) {
      this.map.addSource(`diaba-${name}`, { type: 'geojson', data: EMPTY });
    }
    for (const layer of layers()) this.map.addLayer(layer);
  }

  areas(features: DraftFeature[], names: Map<string, string>): void {
    this.fill(
      'areas',
      features.map((one) => {
        const label = names.get(keyOf(one)) ?? one.label;
        const { layer, changed } = one;
        return feature(one.geometry, { key: keyOf(one), layer, changed, label });
      }),
    );
  }

  chosen(features: DraftFeature[], names: Map<string, string>): void {
    this.fill(
      'chosen',
      features.map(
        (
          one, // What has changed has its name on it already.
        ) => feature(one.geometry, { label: names.has(keyOf(one)) ? '' : one.label }),
      ),
    );
  }

  changes(items: Item[], names: Map<string, string>, tag: string): void {
    const name = (item: Item) => names.get(keyOf(item)) ?? item.label;
    const sides = (side: 'before' | 'after', label: (item: Item) => string) =>
      items.flatMap((item) => {
        const geometry = item[side]?.geometry;
        return geometry ? [feature(geometry, { label: label(item) })] : [];
      });
    this.fill('before', sides('before', name));
    this.fill(
      'after',
      sides('after', (item) => `${name(item)}\n${tag}`),
    );
  }

  issues(issues: Issue[], present: number | null): void {
    this.fill(
      'issues',
      issues.flatMap(({ geometry, severity }, i) =>
        geometry ? [feature(geometry, { severity, number: i + 1, present: i === present })] : [],
      ),
    );
  }

  /** Points of a list that is not accepted yet, or the place of a refusal. */
  pointOut(geometry: Geometry | null): void {
    this.fill('import', geometry ? [feature(geometry, {})] : []);
  }

  show(side: Side): void {
    for (const { id } of layers()) {
      const hidden =
        (side === 'before' && /-(after|chosen)-/.test(id)) ||
        (side === 'after' && id.includes('-before-')) ||
        (side !== 'before' && id === 'diaba-before-text');
      this.map.setLayoutProperty(id, 'visibility', hidden ? 'none' : 'visible');
    }
    // What has changed is not among what was there before.
    const unchanged = side === 'before' ? (['!', ['get', 'changed']] as never) : null;
    for (const id of ['diaba-areas-line', 'diaba-areas-text']) this.map.setFilter(id, unchanged);
  }

  /** The key of the area at a pixel; parcels come before what lies under them. */
  keyAt(point: { x: number; y: number }): string | null {
    const found = this.map.queryRenderedFeatures([point.x, point.y], {
      layers: ['diaba-areas-fill'],
    });
    const parcel = found.find(({ properties }) => properties.layer === 'parcel') ?? found[0];
    return (parcel?.properties.key as string | undefined) ?? null;
  }

  private fill(name: Source, features: Feature[]): void {
    const source = this.map.getSource<GeoJSONSource>(`diaba-${name}`);
    source?.setData({ type: 'FeatureCollection', features });
  }
}

function feature(geometry: Geometry, properties: Record<string, unknown>): Feature {
  return { type: 'Feature', geometry, properties };
}

function layers(): LayerSpecification[] {
  return [
    fillOf('areas', { 'fill-color': '#ffffff', 'fill-opacity': 0.01 }),
    lineOf('areas', 'line', {
      'line-color': '#3d4841',
      'line-width': zoomed([15, 0.6], [18, 1.5], [20, 2.5]),
    }),
    fillOf('before', { 'fill-pattern': HATCH, 'fill-opacity': 0.6 }),
    lineOf('before', 'casing', { 'line-color': '#ffffff', 'line-width': CASING }),
    lineOf('before', 'core', {
      'line-color': BEFORE,
      'line-width': CORE,
      'line-dasharray': [0.6, 1.4],
    }),
    fillOf('after', { 'fill-color': DRAFT, 'fill-opacity': 0.1 }),
    lineOf('after', 'casing', { 'line-color': '#ffffff', 'line-width': CASING }),
    lineOf('after', 'core', { 'line-color': DRAFT, 'line-width': CORE, 'line-dasharray': [3, 2] }),
    fillOf('chosen', { 'fill-color': CHOSEN, 'fill-opacity': 0.08 }),
    lineOf('chosen', 'casing', { 'line-color': '#ffffff', 'line-width': CASING }),
    lineOf('chosen', 'core', { 'line-color': CHOSEN, 'line-width': CORE }),
    fillOf('issues', { 'fill-color': SEVERITY as never, 'fill-opacity': 0.12 }),
    lineOf('issues', 'casing', { 'line-color': '#ffffff', 'line-width': 7 }),
    lineOf('issues', 'core', {
      'line-color': SEVERITY as never,
      'line-width': ['case', ['boolean', ['get', 'present'], false], 5, 3] as never,
    }),
    dotsOf('issues', SEVERITY),
    dotsOf('import', DRAFT),
    lineOf('import', 'line', { 'line-color': DRAFT, 'line-width': 3, 'line-dasharray': [1, 1] }),
    textOf('areas', '#17201b', 16.5, 12),
    textOf('before', BEFORE, 15, 14),
    textOf('after', DRAFT, 15, 14),
    textOf('chosen', CHOSEN, 15, 15),
    issueNumbers(),
  ];
}

type Paint<T extends LayerSpecification['type']> = NonNullable<
  Extract<LayerSpecification, { type: T }>['paint']
>;

function fillOf(source: Source, paint: Paint<'fill'>): LayerSpecification {
  const only = ['==', ['geometry-type'], 'Polygon'] as never;
  return {
    id: `diaba-${source}-fill`,
    type: 'fill',
    source: `diaba-${source}`,
    filter: only,
    paint,
  };
}

function lineOf(source: Source, part: string, paint: Paint<'line'>): LayerSpecification {
  const flat = ['!=', ['geometry-type'], 'Point'] as never;
  return {
    id: `diaba-${source}-${part}`,
    type: 'line',
    source: `diaba-${source}`,
    filter: flat,
    paint,
  };
}

function dotsOf(source: Source, color: unknown): LayerSpecification {
  return {
    id: `diaba-${source}-dots`,
    type: 'circle',
    source: `diaba-${source}`,
    filter: ['==', ['geometry-type'], 'Point'],
    paint: {
      'circle-radius': 8,
      'circle-color': '#ffffff',
      'circle-stroke-color': color as never,
      'circle-stroke-width': 3,
    },
  };
}

function textOf(
  source: Source,
  color: string,
  minzoom: number,
  size: number,
  text: unknown = ['get', 'label'],
): LayerSpecification {
  return {
    id: `diaba-${source}-text`,
    type: 'symbol',
    source: `diaba-${source}`,
    minzoom,
    layout: {
      'text-field': text as never,
      'text-font': [source === 'areas' ? 'Be Vietnam Pro' : 'Be Vietnam Pro SemiBold'],
      'text-size': size,
      'text-line-height': 1.35,
      'text-allow-overlap': source !== 'areas',
    },
    paint: { 'text-color': color, 'text-halo-color': '#ffffff', 'text-halo-width': 2 },
  };
}

/** The finding's number with a sign of its severity, above the name of what it is about. */
function issueNumbers(): LayerSpecification {
  const sign = ['match', ['get', 'severity'], 'block', '✕ ', 'review', '▲ ', 'i '];
  const text = ['concat', sign, ['to-string', ['get', 'number']]];
  const layer = textOf('issues', SEVERITY as never, 0, 15, text);
  return { ...layer, layout: { ...layer.layout, 'text-offset': [0, -1.9] } } as LayerSpecification;
}

/** Grey strokes from lower left to upper right, for what is there before. */
function hatch(): ImageData {
  const size = 16;
  const image = new ImageData(size, size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const on = (x + y) % size < 2;
      image.data.set([0x4a, 0x55, 0x4e, on ? 200 : 0], (y * size + x) * 4);
    }
  }
  return image;
}
