// Form fields for what a layer declares, and their values as the server reads them.

import type { FieldInfo } from '../../api.types';
import { t } from '../../i18n';
import { parseNumber } from '../numbers';
import type { FormField, Surroundings } from './operation';

/** Numbers and codes that approval gives, and areas that boundaries give, are not written by hand. */
const ELSEWHERE = new Set(['number', 'parcel_code', 'old_sheet', 'old_number', 'land_uses']);

export function attributeFields(around: Surroundings, without: string[] = []): FormField[] {
  return around.parcelFields
    .filter(({ name }) => !ELSEWHERE.has(name) && !without.includes(name))
    .map((field) => formField(field, around));
}

function formField(field: FieldInfo, around: Surroundings): FormField {
  const { name, label, unit, codes } = field;
  const known = codes ? around.codes[codes] : undefined;
  if (known) {
    const options = Object.entries(known).map(([value, one]) => ({
      value,
      label: `${value} – ${one.label}`,
    }));
    return { name, label, kind: 'choice', options: [{ value: '', label: '–' }, ...options] };
  }
  const kind = isNumber(field.kind) ? 'number' : field.kind === 'date' ? 'date' : 'text';
  return { name, label, kind, ...(unit ? { unit } : {}) };
}

function isNumber(kind: string): boolean {
  return kind === 'number' || kind === 'integer';
}

/** The values that were typed; null where a field was emptied. A sentence when a number is none. */
export function attributeValues(
  fields: Record<string, string>,
  kinds: Record<string, string>,
): { values: Record<string, unknown> } | { missing: string } {
  const values: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(fields)) {
    const kind = kinds[name];
    if (kind === undefined) continue;
    const typed = text.trim();
    if (typed === '') values[name] = null;
    else if (!isNumber(kind)) values[name] = typed;
    else {
      const value = parseNumber(typed);
      if (value === null) return { missing: t('“{text}” chưa rõ là số nào.', { text: typed }) };
      values[name] = value;
    }
  }
  return { values };
}

/** A value as it stands in a form. */
export function asText(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
