import { expect, test } from 'vitest';
import { Store } from '../src/store';

test('listeners are told once for several changes, with the state before them', async () => {
  const store = new Store({ a: 1, b: 1 });
  const told: unknown[] = [];
  store.subscribe((now, before) => told.push([now, before]));
  store.set({ a: 2 });
  store.set({ b: 3 });
  expect(store.state).toEqual({ a: 2, b: 3 });
  expect(told).toEqual([]);
  await Promise.resolve();
  expect(told).toEqual([
    [
      { a: 2, b: 3 },
      { a: 1, b: 1 },
    ],
  ]);
});

test('a change made by a listener is told in a second round', async () => {
  const store = new Store({ n: 0 });
  const told: number[] = [];
  store.subscribe(({ n }) => {
    told.push(n);
    if (n === 1) store.set({ n: 2 });
  });
  store.set({ n: 1 });
  await new Promise((done) => setTimeout(done));
  expect(told).toEqual([1, 2]);
});
