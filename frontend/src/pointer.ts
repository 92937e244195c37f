// Mouse and touch on the map: picking, hovering, the pointer's coordinates, a long press.

import type { MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { LonLat } from './api.types';
import type { App } from './app';
import { showPlace } from './keyboard';
import { pick } from './selection';

/** How far from a feature a pick still means it, in pixels. */
const TOLERANCE = { mouse: 8, touch: 22 } as const;
const LONG_PRESS = 500;

export function listenToPointer(app: App): void {
  const view = app.map;
  if (!view) return;
  const { map } = view;
  map.on('click', (event) => {
    if (measuring(app)) return;
    void pick(app, [event.lngLat.lng, event.lngLat.lat], tolerance(event));
  });
  map.on('contextmenu', (event) => {
    event.preventDefault();
    if (!measuring(app)) showPlace(app, [event.lngLat.lng, event.lngLat.lat]);
  });
  followMouse(app);
  listenToLongPress(app);
}

function measuring(app: App): boolean {
  const { measure } = app.store.state;
  return measure !== null && !measure.finished;
}

function tolerance(event: MapMouseEvent): number {
  const kind = (event.originalEvent as PointerEvent).pointerType;
  return kind === 'touch' || kind === 'pen' ? TOLERANCE.touch : TOLERANCE.mouse;
}

/** Hover and coordinates, once a frame at most. */
function followMouse(app: App): void {
  const view = app.map;
  if (!view) return;
  const { map } = view;
  let waiting: MapMouseEvent | null = null;
  const settle = () => {
    const event = waiting;
    waiting = null;
    if (!event) return;
    const point: LonLat = [event.lngLat.lng, event.lngLat.lat];
    app.store.set({ pointer: { point, from: 'pointer' } });
    if (measuring(app) || map.isMoving()) return;
    const near = view.featuresNear(event.point.x, event.point.y, 2);
    // What a click would open first is what lights up.
    const top = near.find((feature) => feature.sourceLayer === 'parcel') ?? near[0];
    view.overlay.hover(top ?? null);
    view.canvas.style.cursor = top ? 'pointer' : '';
  };
  map.on('mousemove', (event) => {
    if (waiting === null) requestAnimationFrame(settle);
    waiting = event;
  });
  map.on('mouseout', () => {
    waiting = null;
    view.overlay.hover(null);
    const { card } = app.store.state;
    app.store.set({ pointer: card.point ? { point: card.point, from: 'picked' } : null });
  });
}

/** Phones without a context-menu event on long press get one here. */
function listenToLongPress(app: App): void {
  const map = app.map?.map;
  if (!map) return;
  let timer = 0;
  const cancel = () => window.clearTimeout(timer);
  map.on('touchstart', (event: MapTouchEvent) => {
    cancel();
    if (event.points.length !== 1 || measuring(app)) return;
    timer = window.setTimeout(
      () => showPlace(app, [event.lngLat.lng, event.lngLat.lat]),
      LONG_PRESS,
    );
  });
  for (const type of ['touchmove', 'touchend', 'touchcancel', 'movestart'] as const) {
    map.on(type, cancel);
  }
}
