import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { expect, test } from 'vitest';
import {
  type Choices,
  dress,
  dressStyle,
  scale,
  tilesBySource,
  withLayers,
} from '../src/map/style';

function layer(id: string, name: string, role: string, paint: object): LayerSpecification {
  const metadata = { 'diaba:layer': name, 'diaba:role': role };
  return { id, type: 'fill', source: 'land', 'source-layer': name, metadata, paint };
}

const STYLE: StyleSpecification = {
  version: 8,
  sources: {
    base: { type: 'vector', tiles: ['http://x/tiles/water_body/{z}/{x}/{y}.mvt'] },
    land: { type: 'vector', tiles: ['http://x/tiles/@staff/parcel/{z}/{x}/{y}.mvt'] },
  },
  layers: [
    { ...layer('base:0', 'parcel', 'base', {}), source: 'base' } as LayerSpecification,
    layer('parcel:0', 'parcel', 'theme', { 'fill-opacity': 0.7 }),
    layer('parcel:1', 'parcel', 'motif', { 'fill-opacity': 0.7 }),
    layer('building:0', 'building', 'theme', {}),
  ],
};

function choices(patch: Partial<Choices> = {}): Choices {
  return { layers: new Map([['parcel', 1]]), patterns: true, focus: null, ...patch };
}

function dressed(id: string, patch: Partial<Choices> = {}) {
  const found = STYLE.layers.find((each) => each.id === id) as LayerSpecification;
  return dress(found, choices(patch));
}

test('only layers that are switched on are visible, and the basemap is left alone', () => {
  expect(dressed('parcel:0')?.visibility).toBe('visible');
  expect(dressed('building:0')?.visibility).toBe('none');
  expect(dressed('base:0')).toBeNull();
});

test('patterns can be switched off without the colour', () => {
  expect(dressed('parcel:1', { patterns: false })?.visibility).toBe('none');
  expect(dressed('parcel:0', { patterns: false })?.visibility).toBe('visible');
});

test('a chosen opacity multiplies the style’s own', () => {
  const half = dressed('parcel:0', { layers: new Map([['parcel', 0.5]]) });
  expect(half?.opacities['fill-opacity']).toBeCloseTo(0.35);
});

test('choosing a class fades the others to fifteen per cent', () => {
  const focus = { layer: 'parcel', field: 'land_use', values: ['ODT', 'ONT'] };
  expect(dressed('parcel:0', { focus })?.opacities['fill-opacity']).toEqual([
    '*',
    0.7,
    ['case', ['in', ['coalesce', ['get', 'land_use'], ''], ['literal', ['ODT', 'ONT']]], 1, 0.15],
  ]);
});

test('a factor goes into the outputs of a zoom curve, where the zoom stays at the top', () => {
  const curve = ['interpolate', ['linear'], ['zoom'], 12, 0.4, 16, 0.8];
  expect(scale(curve, 0.5)).toEqual(['interpolate', ['linear'], ['zoom'], 12, 0.2, 16, 0.4]);
  const steps = ['step', ['zoom'], 0, 14, 1];
  expect(scale(steps, ['x'])).toEqual(['step', ['zoom'], ['*', 0, ['x']], 14, ['*', 1, ['x']]]);
  expect(scale(['get', 'opacity'], 0.5)).toEqual(['*', ['get', 'opacity'], 0.5]);
});

test('tiles name just the layers that are on, and a scope stays in the address', () => {
  const both = choices({
    layers: new Map([
      ['building', 1],
      ['parcel', 1],
    ]),
  });
  expect(tilesBySource(STYLE, both)).toEqual({
    land: ['http://x/tiles/@staff/parcel,building/{z}/{x}/{y}.mvt'],
  });
  expect(tilesBySource(STYLE, choices({ layers: new Map() }))).toEqual({});
  expect(withLayers('/tiles/a,b/{z}/{x}/{y}.mvt', ['c'])).toBe('/tiles/c/{z}/{x}/{y}.mvt');
});

test('a dressed style leaves the server’s document as it was', () => {
  const before = structuredClone(STYLE);
  const made = dressStyle(STYLE, choices({ layers: new Map([['building', 0.5]]) }));
  expect(STYLE).toEqual(before);
  expect(made.sources.land).toMatchObject({
    tiles: ['http://x/tiles/@staff/building/{z}/{x}/{y}.mvt'],
  });
  expect(made.layers[3]).toMatchObject({
    layout: { visibility: 'visible' },
    paint: { 'fill-opacity': 0.5 },
  });
});
