// What lies on top of the map: the selected feature, a preview from a list, the hovered feature.
// Each is a dark core on its own white casing, so that it stands out on any colour or photograph.

import type { FeatureCollection, Geometry } from 'geojson';
import type {
  ExpressionSpecification,
  GeoJSONSource,
  LayerSpecification,
  MapGeoJSONFeature,
  Map as MapLibreMap,
} from 'maplibre-gl';
import { layerOf, roleOf } from './style';

const PREFIX = 'diaba-';
const SELECTED = '#0a2bd6';
const HOVERED = '#17201b';
const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };

const CORE = zoomed([12, 2], [14, 2], [16, 3], [18, 4], [20, 5]);
const CASING = zoomed([12, 5], [14, 6], [16, 7], [18, 9], [20, 11]);

/** The style's overlays stay when the style itself is exchanged. */
export function isOverlay(id: string): boolean {
  return id.startsWith(PREFIX) || id.startsWith('td-');
}

export class Overlay {
  private hovered: { source: string; sourceLayer: string; id: number } | null = null;
  private readonly hoverable = new Set<string>();

  constructor(private readonly map: MapLibreMap) {}

  /** Adds the sources and layers; to be called once the first style stands. */
  install(): void {
    for (const name of ['selected', 'preview']) {
      this.map.addSource(PREFIX + name, { type: 'geojson', data: EMPTY });
    }
    const before = firstLabel(this.map);
    for (const layer of stateLayers()) this.map.addLayer(layer, before);
    this.map.addLayer(selectedLabel());
  }

  select(geometry: Geometry | null, label: string): void {
    this.fill('selected', geometry, label);
  }

  preview(geometry: Geometry | null): void {
    this.fill('preview', geometry, '');
  }

  /** Marks the feature under the mouse; null takes the mark away. */
  hover(feature: MapGeoJSONFeature | null): void {
    const { source, sourceLayer, id } = feature ?? {};
    if (this.hovered?.id === id && this.hovered?.sourceLayer === sourceLayer) return;
    if (this.hovered) this.map.removeFeatureState(this.hovered);
    this.hovered = null;
    if (!source || !sourceLayer || typeof id !== 'number') return;
    this.prepareHover(feature as MapGeoJSONFeature);
    this.hovered = { source, sourceLayer, id };
    this.map.setFeatureState(this.hovered, { hover: true });
  }

  /** A layer's hover lines are made when the mouse first meets it: touch screens never pay. */
  private prepareHover(feature: MapGeoJSONFeature): void {
    const { source, sourceLayer } = feature;
    if (!sourceLayer || this.hoverable.has(sourceLayer)) return;
    this.hoverable.add(sourceLayer);
    const point = feature.geometry.type === 'Point';
    const before = `${PREFIX}selected-casing`;
    const common = { source, 'source-layer': sourceLayer, minzoom: feature.layer.minzoom ?? 0 };
    for (const [part, color, width] of [
      ['casing', '#ffffff', 4.5],
      ['core', HOVERED, 2],
    ] as const) {
      const id = `${PREFIX}hover-${sourceLayer}-${part}`;
      const shown: ExpressionSpecification = [
        'case',
        ['boolean', ['feature-state', 'hover'], false],
        width,
        0,
      ];
      const layer: LayerSpecification = point
        ? { id, type: 'circle', ...common, paint: ring(color, shown) }
        : { id, type: 'line', ...common, paint: { 'line-color': color, 'line-width': shown } };
      this.map.addLayer(layer, before);
    }
  }

  private fill(name: string, geometry: Geometry | null, label: string): void {
    const source = this.map.getSource<GeoJSONSource>(PREFIX + name);
    const data: FeatureCollection = geometry
      ? {
          type: 'FeatureCollection',
          features: [{ type: 'Feature', geometry, properties: { label } }],
        }
      : EMPTY;
    source?.setData(data);
  }
}

function stateLayers(): LayerSpecification[] {
  const layers: LayerSpecification[] = [];
  for (const name of ['preview', 'selected']) {
    const source = PREFIX + name;
    const color = name === 'selected' ? SELECTED : HOVERED;
    const dash = name === 'preview' ? { 'line-dasharray': [2, 1.5] } : {};
    const flat = ['!=', ['geometry-type'], 'Point'] as ExpressionSpecification;
    const round = { 'line-join': 'round', 'line-cap': 'round' } as const;
    layers.push(
      {
        id: `${source}-casing`,
        type: 'line',
        source,
        filter: flat,
        layout: round,
        paint: { 'line-color': '#ffffff', 'line-width': CASING },
      },
      {
        id: `${source}-core`,
        type: 'line',
        source,
        filter: flat,
        layout: name === 'preview' ? {} : round,
        paint: { 'line-color': color, 'line-width': CORE, ...dash },
      },
      {
        id: `${source}-point-casing`,
        type: 'circle',
        source,
        filter: ['==', ['geometry-type'], 'Point'],
        paint: ring('#ffffff', 7),
      },
      {
        id: `${source}-point-core`,
        type: 'circle',
        source,
        filter: ['==', ['geometry-type'], 'Point'],
        paint: ring(color, 3),
      },
    );
  }
  return layers;
}

function selectedLabel(): LayerSpecification {
  return {
    id: `${PREFIX}selected-label`,
    type: 'symbol',
    source: `${PREFIX}selected`,
    minzoom: 17,
    layout: {
      'text-field': ['get', 'label'],
      'text-font': ['Be Vietnam Pro SemiBold'],
      'text-size': 15,
      'text-line-height': 1.35,
      'text-allow-overlap': true,
    },
    paint: { 'text-color': SELECTED, 'text-halo-color': '#ffffff', 'text-halo-width': 2.5 },
  };
}

function ring(color: string, width: number | ExpressionSpecification) {
  return {
    'circle-radius': 12,
    'circle-color': 'rgba(0,0,0,0)',
    'circle-stroke-color': color,
    'circle-stroke-width': width,
  };
}

/** States lie above every fill and line, and below the names. */
function firstLabel(map: MapLibreMap): string | undefined {
  const layers = map.getStyle().layers;
  let last = -1;
  for (const [i, layer] of layers.entries()) {
    if (layerOf(layer) !== null && roleOf(layer) !== 'label') last = i;
  }
  return layers[last + 1]?.id;
}

export function zoomed(...stops: [number, number][]): ExpressionSpecification {
  return ['interpolate', ['linear'], ['zoom'], ...stops.flat()] as ExpressionSpecification;
}
