// Numbers as people type them: both separators are understood, and what could mean two things is refused.

const SPACES = /[\s\u00a0\u202f']/g;

/**
 * "1145210,35", "1.145.210,35" and "1145210.35" → 1145210.35; null for what is no number.
 *
 * The last of two different separators is the decimal one; one that comes several times divides
 * thousands. "1.234" is null: it is 1234 in Vietnamese and 1,234 to a machine.
 */
export function parseNumber(text: string): number | null {
  const bare = text.replace(SPACES, '').replace('−', '-');
  if (!/^[+-]?\d[\d.,]*$/.test(bare)) return null;
  const comma = bare.lastIndexOf(',');
  const dot = bare.lastIndexOf('.');
  if (comma >= 0 && dot >= 0) return parseMixed(bare, Math.max(comma, dot));
  const separator = comma >= 0 ? ',' : '.';
  const parts = bare.split(separator);
  if (parts.length > 2) return isGrouped(parts) ? Number(parts.join('')) : null;
  if (separator === '.' && isAmbiguous(bare)) return null;
  return parts[1] === '' ? null : Number(parts.join('.'));
}

/** True for "1.234", which needs to be written otherwise. */
export function isAmbiguous(text: string): boolean {
  return /^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(text.replace(SPACES, ''));
}

function parseMixed(bare: string, at: number): number | null {
  const thousands = bare[at] === ',' ? '.' : ',';
  const whole = bare.slice(0, at).split(thousands);
  const decimals = bare.slice(at + 1);
  if (!/^\d+$/.test(decimals) || !isGrouped(whole)) return null;
  return Number(`${whole.join('')}.${decimals}`);
}

function isGrouped([first = '', ...groups]: string[]): boolean {
  return /^[+-]?\d{1,3}$/.test(first) && groups.every((group) => /^\d{3}$/.test(group));
}
