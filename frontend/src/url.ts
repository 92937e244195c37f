// The page's whole state in its address, and back. No personal data ever stands there.

/** A feature in the address: its layer and its permanent id. */
export interface Reference {
  layer: string;
  id: string;
}

export interface Place {
  zoom: number;
  lat: number;
  lon: number;
}

export interface Address {
  place: Place | null;
  style: string | null;
  basemap: string | null;
  /** Layers switched on, with the opacity chosen (1 is the layer's own); null: the style's own choice. */
  layers: Map<string, number> | null;
  selected: Reference | null;
  panel: string | null;
}

const SAFE = /^[\w@-]+$/;

export function formatAddress(address: Address): string {
  const parts: string[] = [];
  const { place, selected } = address;
  if (place)
    parts.push(`map=${round(place.zoom, 2)}/${round(place.lat, 6)}/${round(place.lon, 6)}`);
  if (address.style) parts.push(`style=${address.style}`);
  if (address.basemap) parts.push(`basemap=${address.basemap}`);
  if (address.layers) parts.push(`layers=${formatLayers(address.layers)}`);
  if (selected) parts.push(`sel=${selected.layer}/${selected.id}`);
  if (address.panel) parts.push(`panel=${address.panel}`);
  return parts.length > 0 ? `#${parts.join('&')}` : '';
}

/** Reads an address; whatever cannot be understood is left out rather than refused. */
export function parseAddress(hash: string): Address {
  const values = new Map<string, string>();
  for (const part of hash.replace(/^#/, '').split('&')) {
    const [name, value] = part.split('=', 2);
    if (name && value !== undefined) values.set(name, decode(value));
  }
  return {
    place: parsePlace(values.get('map')),
    style: parseWord(values.get('style')),
    basemap: parseWord(values.get('basemap')),
    layers: parseLayers(values.get('layers')),
    selected: parseReference(values.get('sel')),
    panel: parseWord(values.get('panel')),
  };
}

function formatLayers(layers: Map<string, number>): string {
  return [...layers].map(([id, opacity]) => (opacity === 1 ? id : `${id}*${opacity}`)).join(',');
}

function parseLayers(text: string | undefined): Map<string, number> | null {
  if (text === undefined) return null;
  const layers = new Map<string, number>();
  for (const item of text.split(',')) {
    const [id, opacity] = item.split('*', 2);
    const share = opacity === undefined ? 1 : Number(opacity);
    if (id && SAFE.test(id)) layers.set(id, share >= 0 && share <= 1 ? share : 1);
  }
  return layers;
}

function parsePlace(text: string | undefined): Place | null {
  const [zoom, lat, lon] = (text ?? '').split('/').map(Number);
  if (zoom === undefined || lat === undefined || lon === undefined) return null;
  const inside = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return inside ? { zoom, lat, lon } : null;
}

function parseReference(text: string | undefined): Reference | null {
  const [layer, id] = (text ?? '').split('/', 2);
  return layer && id && SAFE.test(layer) && SAFE.test(id) ? { layer, id } : null;
}

function parseWord(text: string | undefined): string | null {
  return text && SAFE.test(text) ? text : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
