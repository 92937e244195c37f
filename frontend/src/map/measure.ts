// Measuring with Terra Draw: a line or an area, by mouse, touch or keyboard, in the legal CRS.
// Its own chunk: loaded when somebody measures.

import type { LineString, Polygon, Position } from 'geojson';
import type { Map as MapLibreMap } from 'maplibre-gl';
import {
  TerraDraw,
  TerraDrawLineStringMode,
  TerraDrawModeUndoRedo,
  TerraDrawPolygonMode,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import type { LonLat } from '../api.types';
import type { MeasureState } from '../state';
import type { LegalCrs } from './crs';

const DARK = '#17201b';
const WHITE = '#ffffff';
/** Named like our other overlays, so that they outlive a change of style. */
const CASINGS = ['diaba-measure-line', 'diaba-measure-area'];
const MODES = { line: 'linestring', area: 'polygon' } as const;

export class MeasureTool {
  private readonly draw: TerraDraw;
  private kind: 'line' | 'area' = 'line';
  private finished = false;

  constructor(
    private readonly map: MapLibreMap,
    private readonly crs: LegalCrs,
    private readonly changed: (result: MeasureState) => void,
  ) {
    const points = {
      coordinatePointColor: WHITE,
      coordinatePointWidth: 5,
      coordinatePointOutlineColor: DARK,
      coordinatePointOutlineWidth: 2,
      closingPointColor: DARK,
      closingPointWidth: 6,
      closingPointOutlineColor: WHITE,
      closingPointOutlineWidth: 2,
    } as const;
    // The page has its own keys (Enter ends, Escape cancels), so Terra Draw listens to none.
    const common = { showCoordinatePoints: true, keyEvents: null, pointerDistance: 16 };
    this.draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 12 }),
      modes: [
        new TerraDrawLineStringMode({
          ...common,
          styles: { ...points, lineStringColor: DARK, lineStringWidth: 3 },
        }),
        new TerraDrawPolygonMode({
          ...common,
          styles: {
            ...points,
            fillColor: DARK,
            fillOpacity: 0.15,
            outlineColor: DARK,
            outlineWidth: 3,
          },
        }),
      ],
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    });
    this.draw.on('change', () => this.report());
    this.draw.on('finish', () => {
      this.finished = true;
      this.draw.setMode('static');
      this.report();
    });
  }

  start(kind: 'line' | 'area'): void {
    this.kind = kind;
    this.finished = false;
    if (!this.draw.enabled) {
      this.draw.start();
      this.addCasing();
    }
    this.draw.clear();
    this.draw.setMode(MODES[kind]);
    this.report();
  }

  stop(): void {
    for (const id of CASINGS) if (this.map.getLayer(id)) this.map.removeLayer(id);
    if (this.draw.enabled) this.draw.stop();
  }

  /** A white line under the dark one: it then shows on any colour, also on a dark basemap. */
  private addCasing(): void {
    const before = this.map.getStyle().layers.find((layer) => layer.id.startsWith('td-'))?.id;
    for (const [i, source] of ['td-linestring', 'td-polygon'].entries()) {
      const id = CASINGS[i] as string;
      if (!this.map.getSource(source) || this.map.getLayer(id)) continue;
      const paint = { 'line-color': WHITE, 'line-width': 7 };
      this.map.addLayer({ id, type: 'line', source, paint }, before);
    }
  }

  /** A corner in the middle of the map: what a click there would do. */
  addAtCentre(): void {
    const canvas = this.map.getCanvas();
    const { x, y } = this.map.project(this.map.getCenter());
    const corner = canvas.getBoundingClientRect();
    const place = {
      clientX: corner.left + x,
      clientY: corner.top + y,
      button: 0,
      isPrimary: true,
      pointerId: 1,
      pointerType: 'mouse',
      bubbles: true,
    };
    for (const type of ['pointermove', 'pointerdown', 'pointerup']) {
      canvas.dispatchEvent(
        new PointerEvent(type, { ...place, buttons: type === 'pointerdown' ? 1 : 0 }),
      );
    }
  }

  undo(): void {
    if (this.finished) {
      this.start(this.kind);
      return;
    }
    if (this.draw.canUndo()) this.draw.undo();
    else this.draw.clear();
    this.report();
  }

  /** Ends the shape with the corners set so far. */
  finish(): void {
    const corners = this.corners();
    if (this.finished || corners.length < (this.kind === 'line' ? 2 : 3)) return;
    this.finished = true;
    const geometry = shape(this.kind, corners);
    this.draw.clear();
    this.draw.setMode('static');
    this.draw.addFeatures([{ type: 'Feature', geometry, properties: { mode: MODES[this.kind] } }]);
    this.report();
  }

  private report(): void {
    const all = this.finished ? this.corners() : this.corners(true);
    const set = this.corners().length;
    const closed = this.kind === 'area' && all[0] ? [...all, all[0]] : all;
    this.changed({
      kind: this.kind,
      points: set,
      length: this.crs.length(closed),
      area: this.kind === 'area' ? this.crs.area(all) : 0,
      finished: this.finished,
    });
  }

  /** The corners set; with the one that hangs at the pointer when asked for. */
  private corners(hanging = false): LonLat[] {
    const drawn = this.draw.enabled
      ? this.draw
          .getSnapshot()
          .find(
            (feature) =>
              feature.properties.mode === MODES[this.kind] && feature.geometry.type !== 'Point',
          )
      : undefined;
    if (!drawn) return [];
    const geometry = drawn.geometry as LineString | Polygon;
    const ring =
      geometry.type === 'Polygon'
        ? (geometry.coordinates[0] ?? []).slice(0, -1)
        : geometry.coordinates;
    const drawing = !this.finished && this.draw.getModeState() === 'drawing' && !hanging;
    return distinct(drawing ? ring.slice(0, -1) : ring);
  }
}

function shape(kind: 'line' | 'area', corners: LonLat[]): LineString | Polygon {
  const first = corners[0];
  if (kind === 'line' || !first) return { type: 'LineString', coordinates: corners };
  return { type: 'Polygon', coordinates: [[...corners, first]] };
}

function distinct(positions: Position[]): LonLat[] {
  const kept: LonLat[] = [];
  for (const [lon = 0, lat = 0] of positions) {
    const last = kept.at(-1);
    if (!last || last[0] !== lon || last[1] !== lat) kept.push([lon, lat]);
  }
  return kept;
}
