// The legal coordinate system in the browser: the server's pinned parameters, through proj4.
// Lengths and areas are plane ones in that system, as the law counts them.

import proj4 from 'proj4';
import type { CrsInfo, LonLat } from '../api.types';

/** X is north and Y is east, as Vietnamese documents write them. */
export interface Plane {
  north: number;
  east: number;
}

export class LegalCrs {
  private readonly converter: { forward(p: number[]): number[]; inverse(p: number[]): number[] };

  constructor(readonly info: CrsInfo) {
    this.converter = proj4('WGS84', info.proj4);
  }

  toPlane(point: LonLat): Plane {
    const [east, north] = this.converter.forward([...point]) as [number, number];
    return { north, east };
  }

  toLonLat(plane: Plane): LonLat {
    return this.converter.inverse([plane.east, plane.north]) as LonLat;
  }

  /** Metres along the line. */
  length(points: LonLat[]): number {
    const plane = points.map((point) => this.toPlane(point));
    let sum = 0;
    for (const [i, to] of plane.entries()) {
      const from = plane[i - 1];
      if (from) sum += Math.hypot(to.north - from.north, to.east - from.east);
    }
    return sum;
  }

  /** Square metres inside the ring, which need not be closed (Gauss's area formula). */
  area(ring: LonLat[]): number {
    const first = ring[0];
    if (!first) return 0;
    const origin = this.toPlane(first);
    // Counted from the first corner: the products of seven-digit coordinates would lose digits.
    const plane = ring.map((point) => {
      const { north, east } = this.toPlane(point);
      return { north: north - origin.north, east: east - origin.east };
    });
    let twice = 0;
    for (const [i, a] of plane.entries()) {
      const b = plane[(i + 1) % plane.length];
      if (b) twice += a.east * b.north - b.east * a.north;
    }
    return Math.abs(twice) / 2;
  }
}
