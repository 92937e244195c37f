import { beforeEach, describe, expect, test } from 'vitest';
import {
  formatArea,
  formatCoordinate,
  formatDate,
  formatLength,
  formatMoment,
  formatNumber,
  formatScale,
} from '../src/format';
import { setLanguage, t } from '../src/i18n';

describe('in Vietnamese', () => {
  beforeEach(() => setLanguage('vi', {}));

  test('numbers have points for thousands and a comma for decimals', () => {
    expect(formatNumber(1234.5, 1)).toBe('1.234,5');
    expect(formatCoordinate(1145210.3)).toBe('1.145.210,30');
    expect(formatScale(25_000)).toBe('1:25.000');
  });

  test('dates have two digits for day and month', () => {
    expect(formatDate('2026-03-05')).toBe('05/03/2026');
    expect(formatMoment(new Date(2026, 2, 5, 9, 7))).toBe('05/03/2026 09:07');
  });

  test('hectares are added from ten thousand square metres, after a no-break space', () => {
    expect(formatArea(9999.94)).toBe('9.999,9 m²');
    expect(formatArea(12_534.2)).toBe('12.534,2 m² (1,25 ha)');
  });

  test('kilometres are added from a thousand metres', () => {
    expect(formatLength(12.345)).toBe('12,35 m');
    expect(formatLength(1234.5)).toBe('1.234,5 m (1,23 km)');
  });

  test('a message is its own source', () => {
    expect(t('{n} kết quả', { n: 7 })).toBe('7 kết quả');
  });
});

describe('in English', () => {
  beforeEach(() => setLanguage('en', { '{n} kết quả': '{n} {n:result|results}' }));

  test('numbers and dates follow the language', () => {
    expect(formatNumber(1234.5, 1)).toBe('1,234.5');
    expect(formatDate('2026-03-05')).toBe('5 March 2026');
  });

  test('a translation may choose a word by the number', () => {
    expect(t('{n} kết quả', { n: 1 })).toBe('1 result');
    expect(t('{n} kết quả', { n: 7 })).toBe('7 results');
  });

  test('an untranslated message stays Vietnamese and an unknown value stays visible', () => {
    expect(t('Chưa dịch {what}')).toBe('Chưa dịch {what}');
  });
});

test('any other language is written as its readers do', () => {
  setLanguage('fr', {});
  expect(formatNumber(1234.5, 1)).toBe('1\u202f234,5');
  expect(formatDate('2026-03-05')).toBe('5 mars 2026');
});
