// Snapping in the legal plane: to vertices and edges of what is drawn around, and to the right angle.
// A vertex is answered with exactly its own coordinates, so that what is drawn on it is the same point.

import { type DraftFeature, type Metres, ringsOf } from '../edits/changeset';
import { distance, footOn, rayMeets, toMillimetre } from './plane';

type SnapKind = 'vertex' | 'middle' | 'cross' | 'edge' | 'angle';

export interface Snap {
  kind: SnapKind;
  at: Metres;
  /** The label of the feature that it belongs to; empty for an angle. */
  of: string;
}

interface Outline {
  label: string;
  rings: Metres[][];
  box: [number, number, number, number];
}

export class Snapper {
  private readonly outlines: Outline[];

  constructor(features: DraftFeature[]) {
    this.outlines = features.map(({ label, legal }) => {
      const rings = ringsOf(legal);
      return { label, rings, box: boxOf(rings) };
    });
  }

  /**
   * What a pointer at `p` means, within `reach` metres: a vertex before the middle of an edge, that before
   * where a right angle meets an edge, that before any place on an edge, that before a right angle alone.
   * `line` holds the points drawn so far.
   */
  snap(p: Metres, reach: number, line: Metres[]): Snap | null {
    const near = this.outlines.filter(({ box }) => within(p, box, reach));
    const angled = rightAngle(p, line, reach);
    return (
      nearest(p, reach, vertices(near, line)) ??
      nearest(p, reach, middles(near)) ??
      nearest(p, reach, crossings(near, line, angled)) ??
      nearest(p, reach, feet(p, near)) ??
      (angled ? { kind: 'angle', at: toMillimetre(angled), of: '' } : null)
    );
  }
}

function nearest(p: Metres, reach: number, found: Iterable<Snap>): Snap | null {
  let best: Snap | null = null;
  let least = reach;
  for (const one of found) {
    const far = distance(p, one.at);
    if (far > least) continue;
    best = one;
    least = far;
  }
  return best;
}

function* vertices(outlines: Outline[], line: Metres[]): Generator<Snap> {
  for (const { label, rings } of outlines) {
    for (const at of rings.flat()) yield { kind: 'vertex', at, of: label };
  }
  for (const at of line) yield { kind: 'vertex', at, of: '' };
}

function* edges(outlines: Outline[]): Generator<{ a: Metres; b: Metres; of: string }> {
  for (const { label, rings } of outlines) {
    for (const ring of rings) {
      for (const [i, a] of ring.entries()) {
        yield { a, b: ring[(i + 1) % ring.length] ?? a, of: label };
      }
    }
  }
}

function* middles(outlines: Outline[]): Generator<Snap> {
  for (const { a, b, of } of edges(outlines)) {
    yield { kind: 'middle', at: toMillimetre([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]), of };
  }
}

function* feet(p: Metres, outlines: Outline[]): Generator<Snap> {
  for (const { a, b, of } of edges(outlines)) {
    yield { kind: 'edge', at: toMillimetre(footOn(p, a, b)), of };
  }
}

function* crossings(outlines: Outline[], line: Metres[], angled: Metres | null): Generator<Snap> {
  const last = line.at(-1);
  if (!last || !angled) return;
  for (const { a, b, of } of edges(outlines)) {
    const at = rayMeets(last, angled, a, b);
    if (at) yield { kind: 'cross', at: toMillimetre(at), of };
  }
}

/** The place beside `p` that makes a right angle, or a straight line, with the last edge drawn. */
function rightAngle(p: Metres, line: Metres[], reach: number): Metres | null {
  const [before, last] = line.slice(-2);
  if (!before || !last) return null;
  const length = distance(before, last);
  const far = distance(last, p);
  if (length === 0 || far <= reach) return null;
  const [ux, uy] = [(last[0] - before[0]) / length, (last[1] - before[1]) / length];
  const along = (p[0] - last[0]) * ux + (p[1] - last[1]) * uy;
  const across = (p[1] - last[1]) * ux - (p[0] - last[0]) * uy;
  if (Math.abs(along) <= reach) return [last[0] - across * uy, last[1] + across * ux];
  if (Math.abs(across) <= reach) return [last[0] + along * ux, last[1] + along * uy];
  return null;
}

function boxOf(rings: Metres[][]): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [east, north] of rings.flat()) {
    box[0] = Math.min(box[0], east);
    box[1] = Math.min(box[1], north);
    box[2] = Math.max(box[2], east);
    box[3] = Math.max(box[3], north);
  }
  return box;
}

function within([x, y]: Metres, [w, s, e, n]: Outline['box'], reach: number): boolean {
  return x >= w - reach && x <= e + reach && y >= s - reach && y <= n + reach;
}
