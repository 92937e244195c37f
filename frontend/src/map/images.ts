// Pictures the style asks for by name: motifs from the catalogue's paths, symbols from Maki.

import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Motif } from '../api.types';

const DENSITY = 2;
const MOTIF_COLOUR = '#17201b';
const SYMBOL_COLOUR = '#ffffff';
const SYMBOL_SIZE = 15;
/** Motif paths are drawn in a square of so many units, whatever their size on the map. */
const MOTIF_GRID = 24;

/** Makes `motif:…` and `icon:…` when the style first needs them. */
export function provideImages(map: MapLibreMap, motifs: Record<string, Motif>): void {
  map.setMissingStyleImageResolver(async (id: string) => {
    const [kind, name] = split(id);
    const image = await draw(kind, name, motifs);
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: DENSITY });
  });
}

async function draw(
  kind: string,
  name: string,
  motifs: Record<string, Motif>,
): Promise<ImageData | null> {
  const motif = motifs[name];
  if (kind === 'motif' && motif) return drawMotif(motif);
  if (kind === 'icon') {
    const { symbolPaths } = await import('./symbols');
    return drawSymbol(symbolPaths(name) ?? symbolPaths('marker') ?? []);
  }
  return null;
}

function drawMotif(motif: Motif): ImageData {
  const context = canvas(motif.size);
  const path = new Path2D(motif.path);
  context.strokeStyle = MOTIF_COLOUR;
  context.fillStyle = MOTIF_COLOUR;
  context.scale(motif.size / MOTIF_GRID, motif.size / MOTIF_GRID);
  context.lineWidth = (1.5 * MOTIF_GRID) / motif.size;
  if (motif.mode === 'fill') context.fill(path);
  else context.stroke(path);
  return pixels(context);
}

function drawSymbol(paths: string[]): ImageData {
  const context = canvas(SYMBOL_SIZE);
  context.fillStyle = SYMBOL_COLOUR;
  for (const path of paths) context.fill(new Path2D(path));
  return pixels(context);
}

function canvas(size: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = size * DENSITY;
  element.height = size * DENSITY;
  const context = element.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser has no 2D canvas');
  context.scale(DENSITY, DENSITY);
  return context;
}

function pixels(context: CanvasRenderingContext2D): ImageData {
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

function split(id: string): [string, string] {
  const at = id.indexOf(':');
  return [id.slice(0, at), id.slice(at + 1)];
}
