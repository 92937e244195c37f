// The map itself: one MapLibre map, north up, dressed by the reader's choices.

import 'maplibre-gl/dist/maplibre-gl.css';
import type { Geometry, Point } from 'geojson';
import {
  GeolocateControl,
  type MapGeoJSONFeature,
  Map as MapLibreMap,
  type PaddingOptions,
  prewarm,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
  type VectorTileSource,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Box, LonLat, Motif } from '../api.types';
import { t } from '../i18n';
import type { Place } from '../url';
import { Images } from './images';
import { isOverlay, Overlay } from './overlay';
import {
  basemapOf,
  type Choices,
  dress,
  dressStyle,
  layerOf,
  roleOf,
  tilesBySource,
} from './style';
import { isWithin } from './within';

export interface MapStart {
  style: StyleSpecification;
  choices: Choices;
  motifs: Record<string, Motif>;
  place: Place | null;
  bounds: Box;
  /** The lowest zoom at which there is something to see. */
  minzoom: number;
}

const NO_PADDING: Required<PaddingOptions> = { top: 0, right: 0, bottom: 0, left: 0 };
const CAMERA_MS = 500;

export class MapView {
  readonly map: MapLibreMap;
  readonly overlay: Overlay;
  readonly locate: GeolocateControl;
  /** Stands among the page's own things, not in a corner of the engine's. */
  readonly scaleBar: HTMLElement;
  private opened = false;
  private padding = NO_PADDING;
  private asked: Record<string, string> = {};
  private images: Images | null = null;

  private style: StyleSpecification = { version: 8, sources: {}, layers: [] };
  private choices: Choices = { layers: new Map(), patterns: true, focus: null };

  /** A map without anything on it yet; throws where the browser cannot draw one. */
  constructor(container: HTMLElement) {
    setWorkerUrl(workerUrl);
    prewarm();
    this.map = new MapLibreMap({
      container,
      maxZoom: 22,
      minZoom: 5,
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      attributionControl: false,
      fadeDuration: 0,
      validateStyle: false,
      locale: words(),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.overlay = new Overlay(this.map);
    this.locate = new GeolocateControl({
      positionOptions: { enableHighAccuracy: true },
      showAccuracyCircle: true,
      fitBoundsOptions: { maxZoom: 17 },
    });
    this.scaleBar = new ScaleControl({ maxWidth: 120 }).onAdd(this.map);
    this.map.addControl(this.locate, 'bottom-right');
    this.map.once('style.load', () => this.overlay.install());
  }

  /** Shows the first style at the first place. */
  open(start: MapStart): void {
    this.style = start.style;
    this.choices = start.choices;
    this.images = new Images(this.map, start.motifs, inkOf(start.style));
    this.opened = true;
    if (start.place) this.jumpTo(start.place);
    else {
      this.map.fitBounds(start.bounds, { padding: 24, animate: false });
      if (this.map.getZoom() < start.minzoom) this.map.setZoom(start.minzoom);
    }
    this.map.setStyle(dressStyle(start.style, start.choices));
    this.rememberTiles();
  }

  /** Applies what changed in the choices; nothing is reloaded that stays as it was. */
  choose(choices: Choices): void {
    this.choices = choices;
    for (const layer of this.style.layers) {
      const dressed = dress(layer, choices);
      if (dressed === null || !this.map.getLayer(layer.id)) continue;
      this.map.setLayoutProperty(layer.id, 'visibility', dressed.visibility);
      for (const [name, value] of Object.entries(dressed.opacities)) {
        this.map.setPaintProperty(layer.id, name as 'fill-opacity', value as number);
      }
    }
    this.askForTiles();
  }

  /** Another style or basemap. The tiles on the screen stay until better ones have come. */
  restyle(style: StyleSpecification, choices: Choices): void {
    this.style = style;
    this.choices = choices;
    this.images?.useInk(inkOf(style));
    const dressed = dressStyle(style, choices);
    this.map.setStyle(dressed, {
      diff: true,
      validate: false,
      transformStyle: (previous, next) => {
        if (!previous) return next;
        const sources = { ...next.sources };
        for (const [id, source] of Object.entries(previous.sources)) {
          if (isOverlay(id) || sources[id]?.type === 'vector') sources[id] = source;
        }
        const overlays = previous.layers.filter((layer) => isOverlay(layer.id));
        return { ...next, sources, layers: [...next.layers, ...overlays] };
      },
    });
    this.askForTiles();
  }

  get place(): Place {
    const { lng, lat } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat, lon: lng };
  }

  get canvas(): HTMLCanvasElement {
    return this.map.getCanvas();
  }

  /** The part of the canvas that no panel covers, in pixels from its corner. */
  get clear(): { left: number; top: number; right: number; bottom: number } {
    const { clientWidth, clientHeight } = this.map.getContainer();
    const { left, top, right, bottom } = this.padding;
    return { left, top, right: clientWidth - right, bottom: clientHeight - bottom };
  }

  /** What the reader sees of the ground. */
  get box(): Box {
    const { left, top, right, bottom } = this.clear;
    const a = this.map.unproject([left, bottom]);
    const b = this.map.unproject([right, top]);
    return [a.lng, a.lat, b.lng, b.lat];
  }

  /** Panels cover part of the map: the centre moves to the middle of the rest, the picture stays. */
  setPadding(padding: Required<PaddingOptions>): void {
    const { top, right, bottom, left } = this.padding;
    const next = padding;
    if (next.top === top && next.right === right && next.bottom === bottom && next.left === left) {
      return;
    }
    this.padding = padding;
    if (!this.opened) {
      this.map.setPadding(padding);
      return;
    }
    const clear = this.clear;
    const middle = this.map.unproject([
      (clear.left + clear.right) / 2,
      (clear.top + clear.bottom) / 2,
    ]);
    this.map.jumpTo({ center: middle, padding });
  }

  /** Puts a place into the middle of what no panel covers. */
  jumpTo(place: Place): void {
    const { lon, lat, zoom } = place;
    this.map.jumpTo({ center: [lon, lat], zoom, padding: this.padding });
  }

  goTo(target: { box?: Box | null; point?: LonLat | null; maxZoom?: number }): void {
    const { box, point } = target;
    if (box && (box[0] !== box[2] || box[1] !== box[3])) {
      this.map.fitBounds(box, { padding: 40, maxZoom: target.maxZoom ?? 19, duration: CAMERA_MS });
    } else if (point) {
      const zoom = Math.max(this.map.getZoom(), target.maxZoom ?? 17);
      this.map.easeTo({ center: point, zoom, duration: CAMERA_MS });
    }
  }

  /** Moves only if the point is hidden, as by a sheet that has just opened over it. */
  reveal(point: LonLat): void {
    const [west, south, east, north] = this.box;
    const [lon, lat] = point;
    const seen = lon >= west && lon <= east && lat >= south && lat <= north;
    if (!seen) this.map.easeTo({ center: point, duration: CAMERA_MS });
  }

  /** Drawn features of switched-on layers in a square around a pixel, the topmost first. */
  featuresNear(x: number, y: number, tolerance: number): MapGeoJSONFeature[] {
    const layers = this.themeLayers();
    const square: [[number, number], [number, number]] = [
      [x - tolerance, y - tolerance],
      [x + tolerance, y + tolerance],
    ];
    return this.map.queryRenderedFeatures(square, { layers });
  }

  /** The name of the area of a tile layer in which the middle of the view lies. */
  nameAtMiddle(source: string, sourceLayer: string): unknown {
    if (!this.map.getSource(source)) return undefined;
    const { lng, lat } = this.map.getCenter();
    const areas = this.map.querySourceFeatures(source, { sourceLayer });
    return areas.find(({ geometry }) => isWithin([lng, lat], geometry))?.properties.name;
  }

  /** Drawn features in the clear part of the view. */
  featuresInView(): MapGeoJSONFeature[] {
    const { left, top, right, bottom } = this.clear;
    const layers = this.themeLayers();
    if (layers.length === 0 || right <= left || bottom <= top) return [];
    const clear: [[number, number], [number, number]] = [
      [left, top],
      [right, bottom],
    ];
    return this.map.queryRenderedFeatures(clear, { layers });
  }

  /** After a lost connection: the tiles that are missing are asked for again. */
  refresh(): void {
    for (const [id, source] of Object.entries(this.style.sources)) {
      if (source.type === 'vector' && this.map.getSource(id)) this.map.refreshTiles(id);
    }
  }

  markPoint(point: LonLat | null): void {
    const geometry: Point | null = point ? { type: 'Point', coordinates: point } : null;
    this.overlay.preview(geometry);
  }

  showSelected(geometry: Geometry | null, label: string): void {
    this.overlay.select(geometry, label);
  }

  private themeLayers(): string[] {
    const on = this.choices.layers;
    return this.style.layers
      .filter((layer) => on.has(layerOf(layer) ?? '') && roleOf(layer) === 'theme')
      .map((layer) => layer.id)
      .filter((id) => this.map.getLayer(id) !== undefined);
  }

  private askForTiles(): void {
    for (const [id, tiles] of Object.entries(tilesBySource(this.style, this.choices))) {
      const key = tiles.join(' ');
      if (this.asked[id] === key) continue;
      this.asked[id] = key;
      this.map.getSource<VectorTileSource>(id)?.setTiles(tiles);
    }
  }

  private rememberTiles(): void {
    for (const [id, tiles] of Object.entries(tilesBySource(this.style, this.choices))) {
      this.asked[id] = tiles.join(' ');
    }
  }
}

function inkOf(style: StyleSpecification): 'dark' | 'light' {
  return basemapOf(style) === 'dark' ? 'light' : 'dark';
}

function words(): Record<string, string> {
  return {
    'Map.Title': t('Bản đồ'),
    'GeolocateControl.FindMyLocation': t('Đến chỗ tôi đang đứng'),
    'GeolocateControl.LocationNotAvailable': t('Không biết bạn đang ở đâu'),
    'ScaleControl.Meters': 'm',
    'ScaleControl.Kilometers': 'km',
    'Marker.Title': t('Vị trí'),
  };
}
