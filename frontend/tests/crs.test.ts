import { expect, test } from 'vitest';
import type { CrsInfo, LonLat } from '../src/api.types';
import { LegalCrs } from '../src/map/crs';

// Test vectors of the official parameters (Decision 05/2007/QĐ-BTNMT, EPSG:6960).
const VN2000: CrsInfo = {
  code: 'EPSG:5899',
  name: 'VN-2000 / TM-3 107-45',
  meridian: '107°45′',
  proj4:
    '+proj=tmerc +lat_0=0 +lon_0=107.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 ' +
    '+towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278 ' +
    '+units=m +no_defs',
  bounds: null,
  axes: 'north_east',
};
const VECTORS: [number, number, number, number][] = [
  [427000, 1145000, 107.085176259, 10.353230186],
  [436000, 1161000, 107.167088192, 10.498047856],
  [478000, 1167000, 107.550755088, 10.552769197],
  [374000, 961000, 106.606801236, 8.688454689],
];
const MILLIMETRE = 0.001;
const crs = new LegalCrs(VN2000);

test.each(VECTORS)('E %d N %d is the official point to a millimetre', (east, north, lon, lat) => {
  const plane = crs.toPlane([lon, lat]);
  expect(Math.abs(plane.east - east)).toBeLessThan(MILLIMETRE);
  expect(Math.abs(plane.north - north)).toBeLessThan(MILLIMETRE);
  const [backLon, backLat] = crs.toLonLat({ north, east });
  expect(backLon).toBeCloseTo(lon, 8);
  expect(backLat).toBeCloseTo(lat, 8);
});

//   d────c
//   │    │ 100     RECTANGLE: across E = 430,071 m, where others change the transformation
//   a────b
//     200
const RECTANGLE = [
  [429971, 1145000],
  [430171, 1145000],
  [430171, 1145100],
  [429971, 1145100],
].map(([east, north]) => crs.toLonLat({ east: east ?? 0, north: north ?? 0 }));

test('a rectangle across the line of doubt keeps its plane area and perimeter', () => {
  expect(crs.area(RECTANGLE)).toBeCloseTo(20_000, 2);
  expect(crs.length([...RECTANGLE, RECTANGLE[0] as LonLat])).toBeCloseTo(600, 3);
});

test('the direction in which corners are set does not matter', () => {
  expect(crs.area([...RECTANGLE].reverse())).toBeCloseTo(20_000, 2);
});

test('less than a line has no length and less than a triangle no area', () => {
  expect(crs.length([])).toBe(0);
  expect(crs.length(RECTANGLE.slice(0, 1))).toBe(0);
  expect(crs.area(RECTANGLE.slice(0, 2))).toBe(0);
});
