// An operation in the browser: what it asks for, and what it sends. Whether it can be done, and doing it,
// is the server's part. To add one: a file here, and its line in the tuple of `index.ts`.

import type { FieldInfo } from '../../api.types';
import type { Shape } from '../../draw/sketch';
import { t } from '../../i18n';
import type { DraftFeature, Metres } from '../changeset';
import { parseNumber } from '../numbers';

/** What has been entered so far: points drawn or typed, texts as they were typed, and what is selected. */
export interface Entry {
  points: Metres[];
  fields: Record<string, string>;
  selected: DraftFeature[];
}

/** What an operation may ask about its surroundings. */
export interface Surroundings {
  features: DraftFeature[];
  parcelFields: FieldInfo[];
  codes: Record<string, Record<string, { label: string }>>;
}

export interface FormField {
  name: string;
  label: string;
  kind: 'number' | 'text' | 'choice' | 'date';
  unit?: string;
  help?: string;
  options?: { value: string; label: string }[];
}

/** The parameters to send, or one sentence that says what is still missing. */
export type Built = { parameters: Record<string, unknown> } | { missing: string };

export interface BrowserOperation {
  id: string;
  /** How to go about it, in one sentence. */
  hint(): string;
  /** What is drawn for it, with the most points that it takes; null: nothing. */
  draws(entry: Entry): { shape: Shape; most: number } | null;
  fields(entry: Entry, around: Surroundings): FormField[];
  /** What stands in the form at first. */
  begin?(entry: Entry): Partial<Pick<Entry, 'points' | 'fields'>>;
  build(entry: Entry): Built;
}

export const MANY = 2000;

export const noDrawing = () => null;
export const noFields = () => [];

export function missing(sentence: string): Built {
  return { missing: sentence };
}

/** The number in a field; a sentence when there is none. */
export function numberIn(
  entry: Entry,
  name: string,
  label: string,
): { value: number } | { missing: string } {
  const text = entry.fields[name]?.trim() ?? '';
  if (text === '') return { missing: t('Nhập {name}.', { name: label.toLowerCase() }) };
  const value = parseNumber(text);
  if (value !== null) return { value };
  return { missing: t('{name}: “{text}” chưa rõ là số nào.', { name: label, text }) };
}

/** A line needs two points at least, an area three. */
export function tooFewPoints(entry: Entry, least: number): Built | null {
  if (entry.points.length >= least) return null;
  return missing(t('Cần ít nhất {n} điểm, mới có {m}.', { n: least, m: entry.points.length }));
}

export function choices(options: Record<string, string>): { value: string; label: string }[] {
  return Object.entries(options).map(([value, label]) => ({ value, label }));
}
