// Whether the server answers: one state for the whole page, watched until it is well again.

import type { Reachability } from './api';
import type { App } from './app';

const RETRY = 10_000;
let timer = 0;

export function watchConnection(app: App): void {
  app.api.onReach = (reach) => report(app, reach);
  window.addEventListener('offline', () => report(app, 'unreachable'));
  window.addEventListener('online', () => void retry(app));
}

/** Takes note of how a request ended. Each trouble keeps the time at which it began. */
function report(app: App, reach: Reachability): void {
  const { connection } = app.store.state;
  if (connection.status === reach) return;
  if (reach === 'expired' && !app.boot.user) return;
  // One good answer from a cache does not prove that the network is back.
  if (reach === 'ok' && connection.status === 'unreachable' && !navigator.onLine) return;
  app.store.set({ connection: { status: reach, since: reach === 'ok' ? null : new Date() } });
  window.clearTimeout(timer);
  if (reach === 'ok') app.map?.refresh();
  else if (reach !== 'expired') timer = window.setTimeout(() => void retry(app), RETRY);
}

export async function retry(app: App): Promise<void> {
  window.clearTimeout(timer);
  if (await app.api.alive()) report(app, 'ok');
  else timer = window.setTimeout(() => void retry(app), RETRY);
}
