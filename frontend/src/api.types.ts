// The shapes of the server's JSON, as the application's own API gives them.

import type { Geometry } from 'geojson';

export type LonLat = [number, number];
/** west, south, east, north */
export type Box = [number, number, number, number];

export interface CrsInfo {
  code: string;
  name: string;
  meridian: string | null;
  proj4: string;
  bounds: Box | null;
  axes: 'north_east' | 'east_north';
}

export interface Named {
  id: string;
  title: string;
}

/** A pattern: path data in a square of 24 units, repeated every `size` pixels. */
export interface Motif {
  size: number;
  path: string;
  mode: 'stroke' | 'fill';
}

export interface LegendEntry {
  label: string;
  field: string | null;
  /** The codes that the entry stands for; empty when it stands for the whole layer. */
  values: string[];
  kind: 'fill' | 'line' | 'circle';
  minzoom: number | null;
  maxzoom: number | null;
  color: string | null;
  opacity: number | null;
  outline: string | null;
  width: number | null;
  dash: number[] | null;
  motif: string | null;
  icon: string | null;
}

export interface FieldInfo {
  name: string;
  label: string;
  kind: string;
  unit: string | null;
  tile: boolean;
  codes: string | null;
}

export interface LayerInfo {
  id: string;
  title: string;
  description: string;
  theme: string;
  geometry: string;
  minzoom: number;
  maxzoom: number;
  attribution: string;
  internal: boolean;
  note: string | null;
  synthetic: boolean;
  /** What the layer writes on the map: text with fields in braces. */
  label: string | null;
  count: number | null;
  updated: string | null;
  tiles: string;
  fields: FieldInfo[];
  legend: LegendEntry[];
  page: string;
}

export interface Catalogue {
  name: string;
  version: string;
  scope: string;
  view: { bounds: Box; minzoom: number };
  crs: CrsInfo;
  styles: Named[];
  basemaps: Named[];
  themes: Named[];
  motifs: Record<string, Motif>;
  /** Code lists by name, and in each its codes. */
  codes: Record<string, Record<string, { label: string }>>;
  layers: LayerInfo[];
}

export interface CardRow {
  field: string;
  label: string;
  value: string;
  code: string | null;
  color: string | null;
  motif: string | null;
  note: string | null;
  unit: string | null;
}

export interface SeriesInfo {
  id: string;
  label: string;
  unit: string;
  latest: { time: string; value: number } | null;
  url: string;
}

export type Group = 'land' | 'planning' | 'warning' | 'works';

export interface Card {
  layer: string;
  id: string;
  fid: number;
  version: number;
  title: string;
  subtitle: string | null;
  summary: string | null;
  group: Group;
  rows: CardRow[];
  series: SeriesInfo[];
  source: { attribution: string; date: string | null; note: string | null };
  page: string;
  bbox: Box;
  point: LonLat;
  geometry?: Geometry;
}

export interface Identified {
  point: LonLat;
  hits: Card[];
}

export interface ListedFeature {
  layer: string;
  id: string;
  fid: number;
  title: string;
  summary: string | null;
  group: Group;
  point: LonLat;
  bbox: Box;
  distance_m: number | null;
}

export interface FeatureList {
  total: number | null;
  truncated: boolean;
  features: ListedFeature[];
}

export interface SearchResult {
  layer: string | null;
  id: string;
  title: string;
  subtitle: string | null;
  point: LonLat | null;
  bbox: Box | null;
  page: string | null;
}

interface SearchGroup {
  id: string;
  title: string;
  total: number;
  results: SearchResult[];
}

export interface SearchAnswer {
  query: string;
  groups: SearchGroup[];
  message: string | null;
}

export interface SeriesPoints {
  unit: string;
  label: string;
  points: [string, number | null][];
}
