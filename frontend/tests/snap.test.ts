import { describe, expect, test } from 'vitest';
import { areaOf, bearing, lengthOf, polar } from '../src/draw/plane';
import { Snapper } from '../src/draw/snap';
import type { DraftFeature, Metres } from '../src/edits/changeset';

//   d───c       a square of 10 m, whose corner c has millimetres
//   │   │
//   a───b
const C: Metres = [428010.123, 1145010.456];
const RING: Metres[] = [
  [428000, 1145000],
  [428010, 1145000],
  C,
  [428000, 1145010],
  [428000, 1145000],
];

function parcel(): DraftFeature {
  return {
    layer: 'parcel',
    id: 'a',
    version: 1,
    label: '126',
    changed: false,
    geometry: { type: 'Polygon', coordinates: [] },
    legal: { type: 'Polygon', coordinates: [RING] },
    attributes: {},
    area: 100,
  };
}

describe('snapping', () => {
  const snapper = new Snapper([parcel()]);

  test('a vertex is answered with exactly its own coordinates', () => {
    expect(snapper.snap([428010, 1145010], 1, [])).toEqual({ kind: 'vertex', at: C, of: '126' });
  });

  test('an edge is answered with the foot on it, to the millimetre', () => {
    const found = snapper.snap([428002.00049, 1144999.7], 0.5, []);
    expect(found).toEqual({ kind: 'edge', at: [428002, 1145000], of: '126' });
  });

  test('the middle of an edge comes before its other places', () => {
    expect(snapper.snap([428005.2, 1145000.1], 0.5, [])?.kind).toBe('middle');
  });

  test('nothing is near', () => {
    expect(snapper.snap([428005, 1145005], 1, [])).toBeNull();
  });

  test('a right angle with the last edge', () => {
    const line: Metres[] = [
      [428020, 1145000],
      [428030, 1145000],
    ];
    const found = snapper.snap([428030.3, 1145008], 0.5, line);
    expect(found).toEqual({ kind: 'angle', at: [428030, 1145008], of: '' });
  });

  test('where a right angle meets an edge, both hold', () => {
    const line: Metres[] = [
      [428003, 1145020],
      [428003, 1145015],
    ];
    const found = snapper.snap([428003.2, 1145010.2], 0.5, line);
    expect(found?.kind).toBe('cross');
    expect(found?.at[0]).toBe(428003);
  });
});

test('bearings run clockwise from north', () => {
  expect(bearing([0, 0], [0, 1])).toBe(0);
  expect(bearing([0, 0], [1, 0])).toBe(90);
  expect(bearing([0, 0], [-1, 0])).toBe(270);
  expect(polar([10, 10], 5, 90)).toEqual([15, 10]);
});

test('lengths and areas are plane ones', () => {
  const ring: Metres[] = [
    [428000, 1145000],
    [428003, 1145000],
    [428003, 1145004],
  ];
  expect(lengthOf(ring)).toBe(7);
  expect(areaOf(ring)).toBe(6);
});
