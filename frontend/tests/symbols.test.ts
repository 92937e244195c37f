import { expect, test } from 'vitest';
import { symbolPaths } from '../src/map/symbols';

test('a symbol whose file breaks its path over lines can be drawn', () => {
  const paths = symbolPaths('park') ?? [];
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) expect(path).toMatch(/^[MLHVCSQTAZe\d.,+\-\s]+$/i);
});
