// How numbers, dates, areas and coordinates are written in the reader's language.

import { getLanguage } from './i18n';

const NBSP = ' ';

/** Where a language is written in several ways, the one that is meant. */
const LOCALES: Record<string, string> = { vi: 'vi-VN', en: 'en-GB' };

function locale(): string {
  return LOCALES[getLanguage()] ?? getLanguage();
}

/** 1234.5 → "1.234,5" or "1,234.5"; at most `decimals` places, exactly as many when `fixed`. */
export function formatNumber(value: number, decimals = 0, fixed = false): string {
  return new Intl.NumberFormat(locale(), {
    maximumFractionDigits: decimals,
    minimumFractionDigits: fixed ? decimals : 0,
  }).format(value);
}

/** "2026-03-05" or an instant → "05/03/2026" or "5 March 2026". */
export function formatDate(value: string | Date): string {
  const date =
    typeof value === 'string' ? new Date(value.length === 10 ? `${value}T00:00` : value) : value;
  if (getLanguage() === 'vi') {
    const day = String(date.getDate()).padStart(2, '0');
    const month = String(date.getMonth() + 1).padStart(2, '0');
    return `${day}/${month}/${date.getFullYear()}`;
  }
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'long' }).format(date);
}

/** An instant → "14:05". */
export function formatTime(value: string | Date): string {
  const date = typeof value === 'string' ? new Date(value) : value;
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

export function formatMoment(value: string | Date): string {
  return `${formatDate(value)} ${formatTime(value)}`;
}

/** Square metres, with hectares added from 10,000 m². */
export function formatArea(squareMetres: number): string {
  const metres = `${formatNumber(squareMetres, 1)}${NBSP}m²`;
  if (squareMetres < 10_000) return metres;
  return `${metres} (${formatNumber(squareMetres / 10_000, 2)}${NBSP}ha)`;
}

/** Metres with centimetres, kilometres added from 1,000 m. */
export function formatLength(metres: number): string {
  const text = `${formatNumber(metres, metres < 1000 ? 2 : 1)}${NBSP}m`;
  if (metres < 1000) return text;
  return `${text} (${formatNumber(metres / 1000, 2)}${NBSP}km)`;
}

/** A distance that only orients: "120 m", "1,4 km". */
export function formatDistance(metres: number): string {
  if (metres < 1000) return `${formatNumber(Math.round(metres))}${NBSP}m`;
  return `${formatNumber(metres / 1000, 1)}${NBSP}km`;
}

/** A plane coordinate for reading: "1.145.210,35". */
export function formatCoordinate(metres: number): string {
  return formatNumber(metres, 2, true);
}

/** Degrees for reading, seven places at most: about a centimetre. */
export function formatDegrees(degrees: number): string {
  return `${formatNumber(degrees, 6, true)}°`;
}

export function formatScale(denominator: number): string {
  return `1:${formatNumber(denominator)}`;
}
