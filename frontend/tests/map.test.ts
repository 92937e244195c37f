import { describe, expect, test } from 'vitest';
import type { LayerInfo, LegendEntry } from '../src/api.types';
import { countInView, countOf, entriesInView } from '../src/map/inview';
import { metresPerPixel, roundedScale, scaleOf, zoomFor } from '../src/map/scale';
import { isWithin } from '../src/map/within';
import { plain } from '../src/panels/layers';
import { nearestStop, sheetHeight } from '../src/panels/sheet';

function entry(label: string, values: string[], patch: Partial<LegendEntry> = {}): LegendEntry {
  return {
    label,
    field: 'land_use',
    values,
    minzoom: null,
    maxzoom: null,
    ...patch,
  } as LegendEntry;
}

const HOUSES = entry('Đất ở', ['ODT', 'ONT']);
const RICE = entry('Đất lúa', ['LUC'], { minzoom: 14 });
const ANY = entry('Thửa', [], { field: null });
const PARCEL = { id: 'parcel', legend: [HOUSES, RICE, ANY] } as unknown as LayerInfo;

describe('the legend of what is in view', () => {
  const features = [
    { id: 1, sourceLayer: 'parcel', properties: { land_use: 'ODT' } },
    { id: 1, sourceLayer: 'parcel', properties: { land_use: 'ODT' } }, // the same, from the next tile
    { id: 2, sourceLayer: 'parcel', properties: { land_use: 'ONT' } },
    { id: 1, sourceLayer: 'elsewhere', properties: {} },
  ];
  const inView = countInView(features, [PARCEL]);

  test('counts each feature once, under its class', () => {
    expect(countOf(inView, 'parcel', HOUSES)).toBe(2);
    expect(countOf(inView, 'parcel', RICE)).toBe(0);
    expect(countOf(inView, 'parcel', ANY)).toBe(2);
  });

  test('shows only classes that are there and drawn at this zoom', () => {
    expect(entriesInView(PARCEL, inView, 16)).toEqual([HOUSES, ANY]);
    const rice = countInView(
      [{ id: 3, sourceLayer: 'parcel', properties: { land_use: 'LUC' } }],
      [PARCEL],
    );
    expect(entriesInView(PARCEL, rice, 13)).toEqual([ANY]);
    expect(entriesInView(PARCEL, rice, 14)).toEqual([RICE, ANY]);
  });
});

describe('the scale', () => {
  test('is that of a screen of 96 pixels per inch', () => {
    expect(metresPerPixel(0, 0)).toBeCloseTo(78_271.517, 2);
    expect(scaleOf(16, 0)).toBeCloseTo(4514.07, 0);
  });

  test('leads back to the zoom', () => {
    expect(zoomFor(scaleOf(15.3, 10.35), 10.35)).toBeCloseTo(15.3, 10);
  });

  test('is shown with two figures', () => {
    expect([1037, 2266, 48_912, 987].map(roundedScale)).toEqual([1000, 2300, 49_000, 990]);
  });
});

describe('the bottom sheet', () => {
  test('has three heights', () => {
    expect(['peek', 'half', 'full'].map((stop) => sheetHeight(stop as 'peek', 844))).toEqual([
      120, 422, 788,
    ]);
  });

  test('goes to the nearest stop, and away when pulled below the lowest', () => {
    expect(nearestStop(300, 844)).toBe('half');
    expect(nearestStop(700, 844)).toBe('full');
    expect(nearestStop(130, 844)).toBe('peek');
    expect(nearestStop(40, 844)).toBeNull();
  });
});

test('names are compared without marks, in either normal form, with đ as d', () => {
  expect(plain('Đường Lê Hồng Phong')).toBe('duong le hong phong');
  expect(plain('Đường Lê Hồng Phong'.normalize('NFD'))).toBe('duong le hong phong');
});

describe('a point in an area', () => {
  //  d───────c
  //  │ h──g  │     SQUARE with a hole efgh
  //  │ e──f  │
  //  a───────b
  const hole = [
    [2, 2],
    [4, 2],
    [4, 4],
    [2, 4],
    [2, 2],
  ];
  const outline = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
    [0, 0],
  ];
  const square = { type: 'Polygon' as const, coordinates: [outline, hole] };

  test('is inside the outline and outside its holes', () => {
    expect(isWithin([5, 5], square)).toBe(true);
    expect(isWithin([3, 3], square)).toBe(false);
    expect(isWithin([11, 5], square)).toBe(false);
  });

  test('may be inside one of several parts, and never inside a line', () => {
    const parts = { type: 'MultiPolygon' as const, coordinates: [[hole], square.coordinates] };
    expect(isWithin([3, 3], parts)).toBe(true);
    expect(isWithin([3, 3], { type: 'LineString', coordinates: outline })).toBe(false);
  });
});
