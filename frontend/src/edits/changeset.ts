// The shapes of a draft as the server's JSON has them.

import type { Geometry } from 'geojson';
import type { Box } from '../api.types';

/** East and north in metres of the legal coordinate system: what the server reads. */
export type Metres = [number, number];

export interface Key {
  layer: string;
  id: string;
}

interface LegalGeometry {
  type: string;
  coordinates: unknown;
}

/** One state of a feature. `legal` is its geometry in metres, [east, north]. */
export interface Side {
  geometry: Geometry;
  legal: LegalGeometry;
  area: number;
  attributes: Record<string, unknown>;
  version: number;
}

export interface Item extends Key {
  state: 'made' | 'altered' | 'retired';
  label: string;
  before: Side | null;
  after: Side | null;
}

export type Severity = 'block' | 'review' | 'note';

export interface Issue {
  severity: Severity;
  rule: string;
  title?: string;
  message: string;
  feature: Key | null;
  geometry: Geometry | null;
  legal_reference?: string | null;
}

interface Step {
  n: number;
  operation: string;
  title: string;
}

export interface Changeset {
  id: string;
  dossier: string;
  dossier_code: string;
  status: 'draft' | 'submitted' | 'approved' | 'withdrawn';
  version: number;
  author: string;
  approver: string | null;
  saved_at: string;
  submitted_at: string | null;
  decided_at: string | null;
  reason: string | null;
  steps: Step[];
  redo: Step[];
  changes: Item[];
  lineage: { parent: Key; child: Key }[];
  others: { dossier: string; dossier_code: string; parcels: string[] }[];
  bounds: Box | null;
  /** The parcels of the dossier, where it was opened by the dossier. */
  about?: Key[];
  may: Record<'edit' | 'submit' | 'approve' | 'return' | 'withdraw', boolean>;
}

/** An area as the draft sees it. */
export interface DraftFeature extends Key {
  version: number;
  label: string;
  changed: boolean;
  geometry: Geometry;
  legal: LegalGeometry;
  attributes: Record<string, unknown>;
  area: number;
}

export interface OperationInfo {
  id: string;
  title: string;
  shortcut: string;
  available: boolean;
  reason: string | null;
}

export interface Preview {
  changes: Item[];
  issues: Issue[];
}

export interface Conflict extends Key {
  label?: string;
  mine: Side | null;
  theirs: Side | null;
  base: Side | null;
}

export interface Request {
  operation: string;
  selection: Key[];
  parameters: Record<string, unknown>;
}

export function keyOf({ layer, id }: Key): string {
  return `${layer}:${id}`;
}

/**
 * Names of the changed areas by key. New parcels have no number until they are approved, and so one name:
 * they are numbered in brackets.
 */
export function namesOf(items: Item[]): Map<string, string> {
  const names = new Map<string, string>();
  const count = new Map<string, number>();
  for (const item of items) {
    if (names.has(keyOf(item))) continue;
    const n = (count.get(item.label) ?? 0) + 1;
    count.set(item.label, n);
    names.set(keyOf(item), item.state === 'made' ? `${item.label} (${n})` : item.label);
  }
  return names;
}

/** The rings of an area in metres, each without the first vertex said again at the end. */
export function ringsOf(legal: LegalGeometry): Metres[][] {
  const polygons =
    legal.type === 'Polygon'
      ? [legal.coordinates as Metres[][]]
      : legal.type === 'MultiPolygon'
        ? (legal.coordinates as Metres[][][])
        : [];
  return polygons.flat().map((ring) => ring.slice(0, -1).map(([east, north]) => [east, north]));
}
