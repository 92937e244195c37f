// Whether a point lies inside an area.

import type { Geometry, Position } from 'geojson';
import type { LonLat } from '../api.types';

/** True inside a polygon or one of several, holes left out; false for lines and points. */
export function isWithin(point: LonLat, area: Geometry): boolean {
  if (area.type === 'Polygon') return inRings(point, area.coordinates);
  if (area.type === 'MultiPolygon') return area.coordinates.some((rings) => inRings(point, rings));
  return false;
}

/** Even-odd rule: a ray to the east crosses the boundary an odd number of times. */
function inRings([x, y]: LonLat, rings: Position[][]): boolean {
  let inside = false;
  for (const ring of rings) {
    for (const [i, [ax = 0, ay = 0]] of ring.entries()) {
      const [bx = 0, by = 0] = ring[(i + 1) % ring.length] ?? [];
      if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside;
    }
  }
  return inside;
}
