import { describe, expect, test } from 'vitest';
import { isAmbiguous, parseNumber } from '../src/edits/numbers';
import { formatPoints, parsePoints } from '../src/edits/points';

describe('numbers as people type them', () => {
  test.each([
    ['1145210,35', 1145210.35],
    ['1.145.210,35', 1145210.35],
    ['1,145,210.35', 1145210.35],
    ['1145210.35', 1145210.35],
    ['428 114,02', 428114.02],
    ['1145210', 1145210],
    ['-12,5', -12.5],
    ['−12.5', -12.5],
    ['1.145.210', 1145210],
    ['428114.023', 428114.023],
    ['0.125', 0.125],
  ])('%s', (text, value) => expect(parseNumber(text)).toBe(value));

  test.each(['', 'abc', '1.2.3', '12,', '1.234', '1,2,3,4', '1.14.210,3', '12m', '--1'])(
    '“%s” is refused',
    (text) => expect(parseNumber(text)).toBeNull(),
  );

  test('what means two things is known as such', () => {
    expect(isAmbiguous('1.234')).toBe(true);
    expect(isAmbiguous('1,234')).toBe(false);
    expect(isAmbiguous('428114.023')).toBe(false);
  });
});

const A = { name: '1', north: 1145210.35, east: 428114.02 };
const B = { name: '2', north: 1145220, east: 428120.5 };

describe('lists of points', () => {
  test.each([
    ['a spreadsheet', '1145210,35\t428114,02\n1145220\t428120,5'],
    ['semicolons', '1145210,35;428114,02\r\n1145220;428120,5\r\n'],
    ['commas between, points within', '1145210.35,428114.02\n1145220,428120.5'],
    ['commas within, blanks between', '1145210,35  428114,02\n\n1145220 428120,5'],
    ['a comma and a blank between', '1145210,35, 428114,02\n1145220, 428120,5'],
    ['the text of desktop tools', '1|1145210.35|428114.02|\n2|1145220|428120.5|'],
    ['numbered lines', '1 1145210,35 428114,02\n2 1145220,00 428120,50'],
    ['each line otherwise', '1145210.35|428114.02\n1145220 428120,5'],
    ['a byte order mark', '\ufeff1145210,35;428114,02\n1145220;428120,5'],
  ])('%s', (_, text) => {
    const list = parsePoints(text, 'north_east');
    expect(list.troubles).toEqual([]);
    expect(list.points).toEqual([A, B]);
  });

  test('a header names the columns, in whatever order they stand', () => {
    const list = parsePoints(
      'Điểm;Y (Đông);X (Bắc)\n1;428114,02;1145210,35\n2;428120,5;1145220',
      null,
    );
    expect(list).toEqual({ points: [A, B], troubles: [], asksOrder: false });
  });

  test('a header may have columns that nobody needs', () => {
    const list = parsePoints(
      'STT|X|Y|Cạnh\n1|1145210.35|428114.02|12,5\n2|1145220|428120.5|8',
      null,
    );
    expect(list.points).toEqual([A, B]);
  });

  test('lines that label their numbers', () => {
    const list = parsePoints('X=1145210,35 Y=428114,02\nMốc 7: Y: 428120,5; X: 1145220', null);
    expect(list.points).toEqual([A, { ...B, name: 'Mốc 7' }]);
  });

  test('without labels the order is asked for and not guessed', () => {
    expect(parsePoints('1145210,35;428114,02', null)).toEqual({
      points: [],
      troubles: [],
      asksOrder: true,
    });
    const list = parsePoints('428114,02;1145210,35', 'east_north');
    expect(list.points).toEqual([A]);
  });

  test('three numbers of which none names the point are refused', () => {
    const list = parsePoints('1145210.35 428114.02 2.5', 'north_east');
    expect(list.points).toEqual([]);
    expect(list.troubles).toEqual([{ line: 1, text: '1145210.35 428114.02 2.5', why: 'columns' }]);
  });

  test('decimal commas between commas cannot be told apart', () => {
    expect(parsePoints('1145210,35,428114,02', 'north_east').troubles[0]?.why).toBe('columns');
  });

  test('a line that is wrong is named, the others stay', () => {
    const list = parsePoints('1145210,35;428114,02\n114522o;428120,5', 'north_east');
    expect(list.points).toEqual([A]);
    expect(list.troubles).toEqual([{ line: 2, text: '114522o;428120,5', why: 'numbers' }]);
  });

  test('what is copied out is read back', () => {
    expect(parsePoints(formatPoints([A, B]), null).points).toEqual([A, B]);
  });
});
