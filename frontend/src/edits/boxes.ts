// The box around a geometry, to bring the map there.

import type { Geometry, Position } from 'geojson';
import type { Box } from '../api.types';

export function boxOf(geometry: Geometry): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon = 0, lat = 0] of positions(geometry)) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

function positions(geometry: Geometry): Position[] {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.flatMap(positions);
  if (geometry.type === 'Point') return [geometry.coordinates];
  return (geometry.coordinates as unknown[]).flat(depths[geometry.type]) as Position[];
}

/** How many lists lie around the list of positions. */
const depths = {
  MultiPoint: 0,
  LineString: 0,
  Polygon: 1,
  MultiLineString: 1,
  MultiPolygon: 2,
} as const;
