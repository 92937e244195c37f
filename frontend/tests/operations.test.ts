import { beforeEach, describe, expect, test } from 'vitest';
import { boxOf } from '../src/edits/boxes';
import type { DraftFeature, Item, Metres } from '../src/edits/changeset';
import { namesOf } from '../src/edits/changeset';
import { asFile, Keep, type Kept } from '../src/edits/keep';
import { operationNamed } from '../src/edits/operations';
import type { Entry } from '../src/edits/operations/operation';
import { faultOf } from '../src/edits/range';
import { setLanguage } from '../src/i18n';

const LINE: Metres[] = [
  [430010, 1145040],
  [430010, 1145000],
];
const RING: Metres[] = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
  [0, 0],
];
const HOLE: Metres[] = [
  [2, 2],
  [4, 2],
  [4, 4],
  [2, 2],
];

function parcel(id: string, rings: Metres[][] = [RING]): DraftFeature {
  return {
    layer: 'parcel',
    id,
    version: 1,
    label: id,
    changed: false,
    geometry: { type: 'Polygon', coordinates: [] },
    legal: { type: 'Polygon', coordinates: rings },
    attributes: { sheet: '12', land_use: 'ODT', address: null },
    area: 100,
  };
}

function build(id: string, entry: Partial<Entry>) {
  const operation = operationNamed(id);
  if (!operation) throw new Error(`no operation ${id}`);
  return operation.build({ points: [], fields: {}, selected: [parcel('a')], ...entry });
}

beforeEach(() => setLanguage('vi', {}));

describe('what the forms send', () => {
  test('a line as east and north', () => {
    expect(build('split_by_line', { points: LINE })).toEqual({ parameters: { line: LINE } });
  });

  test('surveyed points by name, so that north cannot be taken for east', () => {
    const points = [
      { x: 1145040, y: 430010 },
      { x: 1145000, y: 430010 },
    ];
    expect(build('split_by_points', { points: LINE })).toEqual({ parameters: { points } });
  });

  test('an area with a decimal comma, and the bearing of what was drawn', () => {
    const fields = { area: '62,6', side: 'right' };
    expect(build('split_by_area', { fields, points: LINE })).toEqual({
      parameters: { area: 62.6, bearing: 180, side: 'right' },
    });
  });

  test('a typed bearing comes before a drawn one', () => {
    const fields = { parts: '3', way: 'bearing', bearing: '12,5' };
    expect(build('split_equal', { fields, points: LINE })).toEqual({
      parameters: { parts: 3, bearing: 12.5 },
    });
  });

  test('the ends of a front instead of a bearing', () => {
    const fields = { parts: '3', way: 'front', bearing: '12' };
    expect(build('split_equal', { fields, points: LINE })).toEqual({
      parameters: { parts: 3, front: LINE },
    });
  });

  test('a corrected boundary keeps the holes that it had', () => {
    const selected = [parcel('a', [RING, HOLE])];
    const points: Metres[] = [
      [0, 0],
      [11, 0],
      [11, 10],
    ];
    const built = build('correct_boundary', { selected, points, fields: { neighbours: 'keep' } });
    const holes = [
      [2, 2],
      [4, 2],
      [4, 4],
    ];
    expect(built).toEqual({ parameters: { rings: [points, holes], neighbours: 'keep' } });
  });

  test('only the attributes that were edited, and null for an emptied one', () => {
    const fields = { land_use: '', legal_area: '1.234,5', address: '', survey_document: '' };
    expect(build('set_attributes', { fields })).toEqual({
      parameters: { values: { land_use: null, legal_area: 1234.5 } },
    });
  });

  test('a parallel move goes into one of the two parcels', () => {
    const selected = [parcel('a'), parcel('b')];
    const fields = { way: 'distance', distance: '0,5', into: 'b' };
    expect(build('move_boundary', { fields, selected })).toEqual({
      parameters: { distance: 0.5, into: 'b' },
    });
    const gone = { ...fields, into: 'c' };
    expect(build('move_boundary', { fields: gone, selected })).toHaveProperty('missing');
  });

  test.each([
    ['split_by_line', {}],
    ['split_by_area', { fields: { area: '1.234', bearing: '0' } }],
    ['split_by_area', { fields: { area: '60' } }],
    ['split_equal', { fields: { parts: '2,5', bearing: '0' } }],
    ['split_equal', { fields: { parts: '1', bearing: '0' } }],
    ['move_vertex', { points: LINE.slice(1) }],
    ['draw', { points: RING.slice(0, 3) }],
    ['renumber', { fields: { sheet: '1' } }],
    ['set_attributes', { fields: { land_use: 'ODT' } }],
  ])('%s says what is missing', (id, entry) => {
    expect(build(id, entry)).toHaveProperty('missing');
  });
});

test('new parcels, which have no number yet, are told apart', () => {
  const item = (id: string, state: Item['state'], label: string): Item => ({
    layer: 'parcel',
    id,
    state,
    label,
    before: null,
    after: null,
  });
  const names = namesOf([
    item('a', 'retired', '12/125'),
    item('b', 'made', 'Thửa mới'),
    item('c', 'made', 'Thửa mới'),
  ]);
  expect([...names.values()]).toEqual(['12/125', 'Thửa mới (1)', 'Thửa mới (2)']);
});

describe('the copy in the browser', () => {
  const kept = { changeset: { version: 3 }, pending: null, entry: null } as unknown as Kept;

  test('is read back as it was written', () => {
    const place = new Map<string, string>();
    const storage = {
      getItem: (key: string) => place.get(key) ?? null,
      setItem: (key: string, value: string) => void place.set(key, value),
    };
    new Keep('a', storage).write(kept);
    expect(new Keep('a', storage).read()).toEqual(kept);
    expect(new Keep('b', storage).read()).toBeNull();
    expect(JSON.parse(asFile(kept))).toMatchObject({
      source: 'browser',
      changeset: { version: 3 },
    });
  });

  test('says when the browser keeps nothing', () => {
    const refuse = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const keep = new Keep('a', { getItem: refuse, setItem: refuse });
    keep.write(kept);
    expect(keep.works).toBe(false);
    expect(keep.read()).toBeNull();
  });
});

test('exchanged coordinates are recognised, and those of another zone', () => {
  const bounds: [number, number, number, number] = [200_000, 900_000, 800_000, 2_600_000];
  expect(faultOf(bounds, { north: 1_145_210, east: 428_114 })).toBeNull();
  expect(faultOf(bounds, { north: 428_114, east: 1_145_210 })).toBe('swapped');
  expect(faultOf(bounds, { north: 1_145_210, east: 18_428_114 })).toBe('outside');
  expect(faultOf(null, { north: 0, east: 0 })).toBeNull();
});

test('boxes of every kind of geometry', () => {
  expect(boxOf({ type: 'Point', coordinates: [1, 2] })).toEqual([1, 2, 1, 2]);
  expect(
    boxOf({
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [0, 1],
            [2, 3],
          ],
        ],
        [[[-1, 5]]],
      ],
    }),
  ).toEqual([-1, 1, 2, 5]);
  const line = {
    type: 'LineString' as const,
    coordinates: [
      [3, 3],
      [4, 0],
    ],
  };
  expect(boxOf({ type: 'GeometryCollection', geometries: [line] })).toEqual([3, 0, 4, 3]);
});
