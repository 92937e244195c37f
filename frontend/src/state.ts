// Everything the page knows that can change, in one value.

import type { Box, Card, FeatureList, LonLat } from './api.types';
import type { ClassFocus } from './map/style';
import type { Settings } from './settings';
import type { Place, Reference } from './url';

export type Panel = 'card' | 'list' | 'measure';
/** Heights of the bottom sheet on a phone. */
export type Stop = 'peek' | 'half' | 'full';
export type Dialog = 'share' | 'print' | 'display' | 'keys' | 'menu';
/** phone: bottom sheet; tablet: one side panel at a time; desktop: both. */
export type Width = 'phone' | 'tablet' | 'desktop';

export interface CardState {
  status: 'none' | 'loading' | 'ready' | 'empty' | 'failed';
  hits: Card[];
  index: number;
  /** Where it was asked; null when the feature was opened from a list or an address. */
  point: LonLat | null;
  message: string;
}

export interface ListState {
  status: 'none' | 'loading' | 'ready' | 'failed';
  answer: FeatureList;
}

/** Features in view, by layer and class: what the legend shows. */
export type InView = Map<string, Map<string, number>>;

interface Connection {
  status: 'ok' | 'unreachable' | 'failing' | 'expired';
  since: Date | null;
}

export interface MeasureState {
  kind: 'line' | 'area';
  points: number;
  length: number;
  area: number;
  finished: boolean;
}

export interface PageState {
  place: Place;
  box: Box;
  style: string;
  basemap: string;
  layers: Map<string, number>;
  /** True once the reader has departed from the style's own layers. */
  layersChosen: boolean;
  focus: ClassFocus | null;
  /** Layers of which the style draws the outlines only. */
  outlined: Set<string>;
  panel: Panel | null;
  layersOpen: boolean;
  stop: Stop;
  dialog: Dialog | null;
  width: Width;
  card: CardState;
  selected: Reference | null;
  list: ListState;
  inView: InView;
  pointer: { point: LonLat; from: 'pointer' | 'picked' | 'centre' } | null;
  measure: MeasureState | null;
  settings: Settings;
  connection: Connection;
  loading: boolean;
  layerFilter: string;
}

export const NO_CARD: CardState = { status: 'none', hits: [], index: 0, point: null, message: '' };

export const NO_LIST: ListState = {
  status: 'none',
  answer: { total: null, truncated: false, features: [] },
};

export function widthNow(): Width {
  if (window.innerWidth < 600) return 'phone';
  return window.innerWidth < 1024 ? 'tablet' : 'desktop';
}
