import { expect, test } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../src/url';

const WHOLE: Address = {
  place: { zoom: 16.25, lat: 10.345678, lon: 107.084512 },
  style: 'land',
  basemap: 'contrast',
  layers: new Map([
    ['parcel', 1],
    ['zone', 0.5],
  ]),
  selected: { layer: 'parcel', id: '0190a5c2-7d1e-7c3b-9f00-123456789abc' },
  panel: 'list',
};

test('an address leads back to the same state', () => {
  expect(parseAddress(formatAddress(WHOLE))).toEqual(WHOLE);
});

test('an address can be read by people', () => {
  expect(formatAddress(WHOLE)).toBe(
    '#map=16.25/10.345678/107.084512&style=land&basemap=contrast&layers=parcel,zone*0.5' +
      '&sel=parcel/0190a5c2-7d1e-7c3b-9f00-123456789abc&panel=list',
  );
});

test('no layer at all is not the same as the layers of the style', () => {
  expect(parseAddress('#layers=').layers).toEqual(new Map());
  expect(parseAddress('#style=land').layers).toBeNull();
});

test.each([
  '#map=1/2',
  '#map=99/10/107',
  '#map=14/x/107',
  '#sel=parcel',
  '#sel=parcel/<script>',
  '#style=../../etc',
  '#layers=%E0%A4%A',
  '#=&&==',
  '#',
])('what cannot be understood is left out: %s', (hash) => {
  const { place, selected, style } = parseAddress(hash);
  expect([place, selected, style]).toEqual([null, null, null]);
});

test('an opacity out of range counts as full', () => {
  expect(parseAddress('#layers=zone*7,parcel*-1').layers).toEqual(
    new Map([
      ['zone', 1],
      ['parcel', 1],
    ]),
  );
});
