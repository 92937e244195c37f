// Lists of surveyed points, pasted from a spreadsheet or read from a text file. X is north and Y is east,
// as Vietnamese documents have them; which column is which is said by the list or by the reader, never guessed.

import { parseNumber } from './numbers';

export type Order = 'north_east' | 'east_north';

export interface SurveyedPoint {
  name: string;
  north: number;
  east: number;
}

interface Trouble {
  line: number;
  text: string;
  why: 'numbers' | 'columns';
}

export interface PointList {
  points: SurveyedPoint[];
  troubles: Trouble[];
  /** True when the list does not say which column is north: the reader has to. */
  asksOrder: boolean;
}

interface Columns {
  name: number;
  north: number;
  east: number;
}

const NORTH = /^(x|bắc|bac|n|north(ing)?)\b|^x[ (]/i;
const EAST = /^(y|đông|dong|e|east(ing)?)\b|^y[ (]/i;
const NAME = /^(stt|tt|điểm|diem|đỉnh|dinh|mốc|moc|tên|ten|số|so|point|name|no|id|#|shđ)\b|^#/iu;
const LABELLED =
  /^(.*?)\b([XY])\s*(?:\([^)]*\))?\s*[=:]\s*(\S+?)[;,]?\s+([XY])\s*(?:\([^)]*\))?\s*[=:]\s*(\S+)$/i;

/** The points of a text; `order` is used where the text does not name its columns. */
export function parsePoints(text: string, order: Order | null): PointList {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const list: PointList = { points: [], troubles: [], asksOrder: false };
  let columns: Columns | null = null;
  for (const [i, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const labelled = readLabelled(line);
    if (labelled) {
      list.points.push({ ...labelled, name: labelled.name || String(list.points.length + 1) });
      continue;
    }
    const tokens = splitLine(line);
    const header = list.points.length === 0 ? readHeader(tokens) : null;
    if (header) columns = header;
    else readRow(list, { line: i + 1, text: line }, tokens, columns, order);
  }
  return list;
}

function readRow(
  list: PointList,
  place: { line: number; text: string },
  tokens: string[],
  header: Columns | null,
  order: Order | null,
): void {
  const columns = header ?? columnsOf(tokens, list.points.length + list.troubles.length, order);
  if (columns === 'order') list.asksOrder = true;
  if (columns === null) list.troubles.push({ ...place, why: 'columns' });
  if (columns === null || columns === 'order') return;
  const north = parseNumber(tokens[columns.north] ?? '');
  const east = parseNumber(tokens[columns.east] ?? '');
  if (north === null || east === null) list.troubles.push({ ...place, why: 'numbers' });
  else list.points.push({ name: nameOf(tokens[columns.name], list), north, east });
}

function nameOf(token: string | undefined, list: PointList): string {
  return token?.trim() || String(list.points.length + 1);
}

/** Two columns, or three of which the first names the point: by a word, or by its number in the list. */
function columnsOf(tokens: string[], index: number, order: Order | null): Columns | 'order' | null {
  const first = tokens[0] ?? '';
  const named = tokens.length === 3 && (parseNumber(first) === null || first === String(index + 1));
  if (tokens.length !== 2 && !named) return null;
  if (order === null) return 'order';
  const at = named ? 1 : 0;
  const name = named ? 0 : -1;
  return order === 'north_east'
    ? { name, north: at, east: at + 1 }
    : { name, north: at + 1, east: at };
}

function readHeader(tokens: string[]): Columns | null {
  const find = (pattern: RegExp) => tokens.findIndex((token) => pattern.test(token));
  const [north, east] = [find(NORTH), find(EAST)];
  return north >= 0 && east >= 0 && north !== east ? { north, east, name: find(NAME) } : null;
}

/** "Mốc 1 X=1145210,35 Y=428114,02" */
function readLabelled(line: string): SurveyedPoint | null {
  const [, name = '', first = '', one = '', second = '', other = ''] = LABELLED.exec(line) ?? [];
  if (first === '' || first.toUpperCase() === second.toUpperCase()) return null;
  const [a, b] = [parseNumber(one), parseNumber(other.replace(/[;,]$/, ''))];
  if (a === null || b === null) return null;
  const isNorth = first.toUpperCase() === 'X';
  const words = name.replace(/[:;,|]?\s*$/, '').trim();
  return { name: words, north: isNorth ? a : b, east: isNorth ? b : a };
}

/**
 * A line's columns. A comma divides columns only where nothing else does: in "1145210,35; 428114,02"
 * and in "1145210,35 428114,02" it is the decimal one.
 */
function splitLine(line: string): string[] {
  for (const separator of ['|', '\t', ';']) {
    if (line.includes(separator)) {
      const tokens = line.split(separator).map((token) => token.trim());
      // Lines of tables often begin and end with the separator.
      if (tokens[0] === '') tokens.shift();
      if (tokens.at(-1) === '') tokens.pop();
      return tokens;
    }
  }
  if (/\s/.test(line)) return line.split(/\s*,\s+|\s+/).filter((token) => token !== '');
  return line.split(',');
}

/** The list as other programs and this one read it back. */
export function formatPoints(points: SurveyedPoint[]): string {
  const rows = points.map(({ name, north, east }) => `${name}\t${north}\t${east}`);
  return ['Điểm\tX\tY', ...rows].join('\n');
}
