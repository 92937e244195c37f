// Pictures the style asks for by name: motifs from the catalogue's paths, symbols from Maki.

import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Motif } from '../api.types';

const DENSITY = 2;
const INK = { dark: '#17201b', light: '#e8ecea' } as const;
const SYMBOL_COLOUR = '#ffffff';
const SYMBOL_SIZE = 15;
/** Motif paths are drawn in a square of so many units, whatever their size on the map. */
const MOTIF_GRID = 24;

/** Motifs are drawn in dark ink, or in light ink over a dark basemap. */
export type Ink = keyof typeof INK;

export class Images {
  constructor(
    private readonly map: MapLibreMap,
    private readonly motifs: Record<string, Motif>,
    private ink: Ink = 'dark',
  ) {
    // Makes `motif:…` and `icon:…` when the style first needs them.
    map.setMissingStyleImageResolver(async (id: string) => {
      const image = await this.draw(id);
      if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: DENSITY });
    });
  }

  /** Draws the motifs that are in use anew when the ground under them has become dark or light. */
  useInk(ink: Ink): void {
    if (this.ink === ink) return;
    this.ink = ink;
    for (const name of Object.keys(this.motifs)) {
      const motif = this.motifs[name];
      const id = `motif:${name}`;
      if (motif && this.map.hasImage(id)) this.map.updateImage(id, drawMotif(motif, INK[ink]));
    }
  }

  private async draw(id: string): Promise<ImageData | null> {
    const at = id.indexOf(':');
    const [kind, name] = [id.slice(0, at), id.slice(at + 1)];
    const motif = this.motifs[name];
    if (kind === 'motif' && motif) return drawMotif(motif, INK[this.ink]);
    if (kind !== 'icon') return null;
    const { symbolPaths } = await import('./symbols');
    return drawSymbol(symbolPaths(name) ?? symbolPaths('marker') ?? []);
  }
}

function drawMotif(motif: Motif, ink: string): ImageData {
  const context = canvas(motif.size);
  const path = new Path2D(motif.path);
  context.strokeStyle = ink;
  context.fillStyle = ink;
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
