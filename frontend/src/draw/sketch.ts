// Drawing with Terra Draw: it tells pointer from drag, touch from mouse, and paints; the points themselves
// are kept outside, in metres of the legal system, so that a list of numbers and a drawing are the same thing.

import type { Position } from 'geojson';
import type { Map as MapLibreMap } from 'maplibre-gl';
import {
  type GeoJSONStoreFeatures,
  TerraDraw,
  TerraDrawExtend,
  type TerraDrawMouseEvent,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import type { LonLat } from '../api.types';
import type { Metres } from '../edits/changeset';
import type { LegalCrs } from '../map/crs';
import { metresPerPixel } from '../map/scale';
import { toMillimetre } from './plane';
import type { Snap, Snapper } from './snap';

/** Pixels within which a pointer snaps, or takes hold of a point that is there. */
const REACH = 12;
const DRAFT = '#6a2c91';
const SNAPPED = '#c2006b';
const WHITE = '#ffffff';
const MODE = 'sketch';

export type Shape = 'line' | 'polygon' | 'point';

/** What the pointer does; whoever listens changes the points, and shows them again. */
export interface Hands {
  place(at: Metres, snap: Snap | null): void;
  hover(at: Metres | null, snap: Snap | null): void;
  move(index: number, at: Metres, snap: Snap | null): void;
  finish(): void;
}

export class Sketch {
  private readonly draw: TerraDraw;
  private readonly mode: SketchMode;
  private points: Metres[] = [];
  snapper: Snapper | null = null;
  /** Suspended with Alt, or switched off. */
  snapping = true;

  constructor(
    private readonly map: MapLibreMap,
    private readonly crs: LegalCrs,
    private readonly hands: Hands,
  ) {
    this.mode = new SketchMode(this);
    this.draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 12 }),
      modes: [this.mode],
    });
  }

  start(): void {
    if (!this.draw.enabled) this.draw.start();
    this.draw.setMode(MODE);
  }

  stop(): void {
    this.points = [];
    if (this.draw.enabled) this.draw.stop();
  }

  get isOn(): boolean {
    return this.draw.enabled;
  }

  /** Paints points, and the one that hangs at the pointer. */
  show(shape: Shape, points: Metres[], hanging: Metres | null, snap: Snap | null): void {
    this.points = points;
    if (!this.draw.enabled) return;
    const toLonLat = ([east, north]: Metres) => this.crs.toLonLat({ east, north });
    this.mode.show(shape, points.map(toLonLat), hanging && toLonLat(hanging), snap !== null);
  }

  /** What a click in the middle of the map would do. */
  placeAtCentre(): void {
    const { lng, lat } = this.map.getCenter();
    this.place([lng, lat], false);
  }

  place(at: LonLat, free: boolean): void {
    const found = this.find(at, free);
    this.hands.place(found?.at ?? this.plane(at), found);
  }

  hover(at: LonLat, free: boolean): void {
    const found = this.find(at, free);
    this.hands.hover(found?.at ?? this.plane(at), found);
  }

  move(index: number, at: LonLat, free: boolean): void {
    // A point that is moved must not snap to where it stands itself.
    const others = this.points.filter((_, i) => i !== index);
    const found = this.find(at, free, others.slice(0, index));
    this.hands.move(index, found?.at ?? this.plane(at), found);
  }

  finish(): void {
    this.hands.finish();
  }

  /** The point drawn last, when the pointer is on it: a click there ends the drawing. */
  isOnLast({ lng, lat }: TerraDrawMouseEvent): boolean {
    return this.points.length > 1 && this.indexNear([lng, lat]) === this.points.length - 1;
  }

  indexNear(at: LonLat): number {
    const pixel = this.map.project(at);
    return this.points.findLastIndex(([east, north]) => {
      const { x, y } = this.map.project(this.crs.toLonLat({ east, north }));
      return Math.hypot(x - pixel.x, y - pixel.y) <= REACH;
    });
  }

  private find(at: LonLat, free: boolean, line: Metres[] = this.points): Snap | null {
    if (free || !this.snapping || !this.snapper) return null;
    const reach = REACH * metresPerPixel(this.map.getZoom(), at[1]);
    return this.snapper.snap(this.plane(at), reach, line);
  }

  private plane(at: LonLat): Metres {
    const { east, north } = this.crs.toPlane(at);
    return toMillimetre([east, north]);
  }
}

type Kind = 'shape' | 'point' | 'snapped';

/** Terra Draw's side: events in, features out. */
class SketchMode extends TerraDrawExtend.TerraDrawBaseDrawMode<TerraDrawExtend.CustomStyling> {
  override mode = MODE;
  private dragged = -1;

  constructor(private readonly sketch: Sketch) {
    super({});
  }

  start(): void {
    this.setStarted();
    this.setDoubleClickToZoom(false);
    this.setCursor('crosshair');
  }

  stop(): void {
    this.cleanUp();
    this.setDoubleClickToZoom(true);
    this.setStopped();
    this.setCursor('unset');
  }

  cleanUp(): void {
    const ids = this.store.copyAll().map(({ id }) => id as string);
    if (ids.length > 0) this.store.delete(ids);
  }

  show(shape: Shape, points: LonLat[], hanging: LonLat | null, snapped: boolean): void {
    this.cleanUp();
    const all: Position[] = hanging ? [...points, hanging] : points;
    const add = (kind: Kind, geometry: GeoJSONStoreFeatures['geometry']) =>
      this.store.create([{ geometry, properties: { mode: MODE, kind } }]);
    const first = all[0];
    if (shape === 'polygon' && first && all.length > 2) {
      add('shape', { type: 'Polygon', coordinates: [[...all, first]] });
    } else if (shape !== 'point' && all.length > 1) {
      add('shape', { type: 'LineString', coordinates: all });
    }
    for (const coordinates of points) add('point', { type: 'Point', coordinates });
    if (hanging && snapped) add('snapped', { type: 'Point', coordinates: hanging });
  }

  override onClick(event: TerraDrawMouseEvent): void {
    if (event.button === 'right' || event.isContextMenu) return;
    if (this.sketch.isOnLast(event)) this.sketch.finish();
    else this.sketch.place([event.lng, event.lat], isFree(event));
  }

  override onMouseMove(event: TerraDrawMouseEvent): void {
    this.sketch.hover([event.lng, event.lat], isFree(event));
  }

  override onDragStart(
    event: TerraDrawMouseEvent,
    setMapDraggability: (on: boolean) => void,
  ): void {
    this.dragged = this.sketch.indexNear([event.lng, event.lat]);
    if (this.dragged >= 0) setMapDraggability(false);
  }

  override onDrag(event: TerraDrawMouseEvent): void {
    if (this.dragged >= 0) this.sketch.move(this.dragged, [event.lng, event.lat], isFree(event));
  }

  override onDragEnd(_event: TerraDrawMouseEvent, setMapDraggability: (on: boolean) => void): void {
    this.dragged = -1;
    setMapDraggability(true);
  }

  styleFeature(feature: GeoJSONStoreFeatures) {
    const snapped = feature.properties.kind === 'snapped';
    return {
      ...TerraDrawExtend.getDefaultStyling(),
      pointColor: snapped ? WHITE : DRAFT,
      pointWidth: snapped ? 7 : 5,
      pointOutlineColor: snapped ? SNAPPED : WHITE,
      pointOutlineWidth: snapped ? 3 : 2,
      lineStringColor: DRAFT,
      lineStringWidth: 3,
      polygonFillColor: DRAFT,
      polygonFillOpacity: 0.12,
      polygonOutlineColor: DRAFT,
      polygonOutlineWidth: 3,
      zIndex: feature.geometry.type === 'Point' ? 30 : 10,
    } as const;
  }
}

function isFree(event: TerraDrawMouseEvent): boolean {
  return event.heldKeys.includes('Alt');
}
