// The map's scale as a fraction, for a screen of 96 pixels per inch.

const EARTH = 40_075_016.686;
const TILE = 512;
const PIXEL = 0.0254 / 96;

/** Metres on the ground under one CSS pixel. */
export function metresPerPixel(zoom: number, latitude: number): number {
  return (EARTH * Math.cos((latitude * Math.PI) / 180)) / (TILE * 2 ** zoom);
}

/** The n of 1:n. */
export function scaleOf(zoom: number, latitude: number): number {
  return metresPerPixel(zoom, latitude) / PIXEL;
}

/** The zoom at which the map has the scale 1:n. */
export function zoomFor(denominator: number, latitude: number): number {
  return Math.log2(scaleOf(0, latitude) / denominator);
}

/** n as it is shown: two figures that count. */
export function roundedScale(denominator: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(denominator)) - 1);
  return Math.round(denominator / unit) * unit;
}

export const SCALES = [
  200, 500, 1000, 2000, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
] as const;
