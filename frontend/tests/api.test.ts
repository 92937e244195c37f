import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Api, ApiError, isAbort, type Reachability } from '../src/api';

let reached: Reachability[] = [];
let api: Api;

beforeEach(() => {
  vi.stubGlobal('location', { origin: 'http://diaba.test' });
  reached = [];
  api = new Api('en');
  api.onReach = (reach) => reached.push(reach);
});
afterEach(() => vi.unstubAllGlobals());

function answer(status: number, body: unknown) {
  const fetched = vi.fn(async (_address: URL) => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

test('a request carries the language and its coordinates in the order longitude, latitude', async () => {
  const fetched = answer(200, { point: [107.1, 10.3], hits: [] });
  await api.identify([107.1, 10.3], 16, ['parcel', 'zone'], 8);
  const query = fetched.mock.calls[0]?.[0].searchParams;
  expect(Object.fromEntries(query ?? [])).toEqual({
    lang: 'en',
    lon: '107.1000000',
    lat: '10.3000000',
    zoom: '16.00',
    layers: 'parcel,zone',
    tolerance: '8',
  });
  expect(reached).toEqual(['ok']);
});

test('a problem document becomes an error with its sentence', async () => {
  answer(404, { code: 'not_found', title: 'Not found', detail: 'There is no such parcel.' });
  const error = await api.feature('parcel', 'x').catch((raised: unknown) => raised);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).message).toBe('There is no such parcel.');
  expect(reached).toEqual(['ok']);
});

test.each([
  [401, 'expired'],
  [500, 'failing'],
  [503, 'failing'],
])('status %d tells the page that the connection is %s', async (status, reach) => {
  answer(status, {});
  await api.feature('parcel', 'x').catch(() => {});
  expect(reached).toEqual([reach]);
});

test('nobody answering is not the same as giving up', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(api.feature('parcel', 'x')).rejects.toThrow('Failed to fetch');
  expect(reached).toEqual(['unreachable']);

  const given = new AbortController();
  given.abort();
  vi.stubGlobal('fetch', async () => Promise.reject(new DOMException('', 'AbortError')));
  const error = await api.feature('parcel', 'x', given.signal).catch((raised: unknown) => raised);
  expect(isAbort(error)).toBe(true);
  expect(reached).toEqual(['unreachable']);
});
