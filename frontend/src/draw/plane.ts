// Lengths, bearings and areas in the legal plane. Positions are [east, north] in metres.

import type { Metres } from '../edits/changeset';

/** To the millimetre, as the register keeps coordinates. */
export function toMillimetre([east, north]: Metres): Metres {
  return [Math.round(east * 1000) / 1000, Math.round(north * 1000) / 1000];
}

export function distance(a: Metres, b: Metres): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

/** Degrees clockwise from north, from 0 to under 360. */
export function bearing(from: Metres, to: Metres): number {
  const degrees = (Math.atan2(to[0] - from[0], to[1] - from[1]) * 180) / Math.PI;
  return (degrees + 360) % 360;
}

/** The place at a distance and a bearing. */
export function polar(from: Metres, metres: number, degrees: number): Metres {
  const angle = (degrees * Math.PI) / 180;
  return toMillimetre([from[0] + metres * Math.sin(angle), from[1] + metres * Math.cos(angle)]);
}

export function lengthOf(line: Metres[]): number {
  let sum = 0;
  for (const [i, to] of line.entries()) {
    const from = line[i - 1];
    if (from) sum += distance(from, to);
  }
  return sum;
}

/** Square metres inside a ring, which need not be closed (Gauss's area formula). */
export function areaOf(ring: Metres[]): number {
  const [east0, north0] = ring[0] ?? [0, 0];
  let twice = 0;
  for (const [i, a] of ring.entries()) {
    const b = ring[(i + 1) % ring.length] ?? a;
    twice += (a[0] - east0) * (b[1] - north0) - (b[0] - east0) * (a[1] - north0);
  }
  return Math.abs(twice) / 2;
}

/** The nearest place to `p` on the edge from `a` to `b`. */
export function footOn(p: Metres, a: Metres, b: Metres): Metres {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const square = dx * dx + dy * dy;
  const t = square === 0 ? 0 : ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / square;
  const clamped = Math.min(1, Math.max(0, t));
  return [a[0] + clamped * dx, a[1] + clamped * dy];
}

/** Where the ray from `from` through `through` meets the edge from `a` to `b`; null when it does not. */
export function rayMeets(from: Metres, through: Metres, a: Metres, b: Metres): Metres | null {
  const [rx, ry] = [through[0] - from[0], through[1] - from[1]];
  const [sx, sy] = [b[0] - a[0], b[1] - a[1]];
  const cross = rx * sy - ry * sx;
  if (Math.abs(cross) < 1e-9) return null;
  const [qx, qy] = [a[0] - from[0], a[1] - from[1]];
  const along = (qx * sy - qy * sx) / cross;
  const on = (qx * ry - qy * rx) / cross;
  return along > 0 && on >= 0 && on <= 1 ? [from[0] + along * rx, from[1] + along * ry] : null;
}
