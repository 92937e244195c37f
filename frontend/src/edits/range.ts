// Whether a typed coordinate lies where the legal system is used, or north and east seem to be exchanged.

import type { Box } from '../api.types';
import type { Plane } from '../map/crs';

export type Fault = 'swapped' | 'outside';

/** `bounds` in metres of the legal system: west, south, east, north; null: nobody knows. */
export function faultOf(bounds: Box | null, { north, east }: Plane): Fault | null {
  if (!bounds || isInside(bounds, north, east)) return null;
  return isInside(bounds, east, north) ? 'swapped' : 'outside';
}

function isInside([west, south, east, north]: Box, northing: number, easting: number): boolean {
  return easting >= west && easting <= east && northing >= south && northing <= north;
}
