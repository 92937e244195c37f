// Asking the server: one place that knows addresses, languages, errors and lost connections.

import type {
  Box,
  Card,
  Catalogue,
  FeatureList,
  Identified,
  LonLat,
  SearchAnswer,
  SeriesPoints,
} from './api.types';

/** The server answered, and the answer is a problem document (RFC 9457). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly support: string,
    /** All that the document said, for what only one kind of problem has. */
    readonly body: Record<string, unknown> = {},
  ) {
    super(detail || title);
  }
}

/** Nobody answered: the network or the server is away. */
export class UnreachableError extends Error {}

export type Reachability = 'ok' | 'unreachable' | 'failing' | 'expired';

export class Api {
  /** Told after every request, so that one banner can speak for all of them. */
  onReach: (reach: Reachability) => void = () => {};

  constructor(private readonly lang: string) {}

  catalogue(address: string): Promise<Catalogue> {
    return this.get(address, {});
  }

  messages(address: string): Promise<Record<string, string>> {
    return this.get(address, {});
  }

  style(name: string, basemap: string, signal?: AbortSignal): Promise<unknown> {
    return this.get(`/styles/${name}.json`, { basemap }, signal);
  }

  feature(layer: string, id: string | number, signal?: AbortSignal): Promise<Card> {
    const path = `/api/v1/features/${encodeURIComponent(layer)}/${encodeURIComponent(String(id))}`;
    return this.get(path, {}, signal);
  }

  identify(
    point: LonLat,
    zoom: number,
    layers: string[],
    tolerance: number,
    signal?: AbortSignal,
  ): Promise<Identified> {
    const [lon, lat] = point.map((value) => value.toFixed(7));
    const asked = { lon, lat, zoom: zoom.toFixed(2), layers: layers.join(','), tolerance };
    return this.get('/api/v1/identify', asked, signal);
  }

  features(
    layers: string[],
    bbox: Box,
    near: LonLat,
    limit: number,
    signal?: AbortSignal,
  ): Promise<FeatureList> {
    const place = (values: number[]) => values.map((value) => value.toFixed(6)).join(',');
    const asked = { layers: layers.join(','), bbox: place(bbox), near: place(near), limit };
    return this.get('/api/v1/features', asked, signal);
  }

  search(query: string, near: LonLat, signal?: AbortSignal): Promise<SearchAnswer> {
    const place = near.map((value) => value.toFixed(5)).join(',');
    return this.get('/api/v1/search', { q: query, near: place, limit: 5 }, signal);
  }

  series(address: string, from: string, signal?: AbortSignal): Promise<SeriesPoints> {
    return this.get(address, { from }, signal);
  }

  /** True when the server is alive; never throws. */
  async alive(): Promise<boolean> {
    try {
      return (await fetch('/healthz', { cache: 'no-store' })).ok;
    } catch {
      return false;
    }
  }

  async get<T>(
    path: string,
    query: Record<string, string | number | undefined>,
    signal?: AbortSignal,
  ): Promise<T> {
    const address = this.address(path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, String(value));
    }
    return this.answer(await this.ask(address, { signal: signal ?? null }));
  }

  /** Changes something on the server; `csrf` is the page's token. */
  async post<T>(path: string, body: unknown, csrf: string): Promise<T> {
    const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': csrf };
    const request = { method: 'POST', body: JSON.stringify(body), headers };
    return this.answer(await this.ask(this.address(path), request));
  }

  private address(path: string): URL {
    const address = new URL(path, location.origin);
    address.searchParams.set('lang', this.lang);
    return address;
  }

  private async answer<T>(response: Response): Promise<T> {
    if (response.ok) {
      this.onReach('ok');
      return (await response.json()) as T;
    }
    throw await this.problem(response);
  }

  private async ask(address: URL, request: RequestInit): Promise<Response> {
    try {
      return await fetch(address, {
        ...request,
        headers: { Accept: 'application/json', ...request.headers },
        credentials: 'same-origin',
      });
    } catch (error) {
      if (request.signal?.aborted) throw error;
      this.onReach('unreachable');
      throw new UnreachableError(String(error));
    }
  }

  private async problem(response: Response): Promise<ApiError> {
    if (response.status === 401) this.onReach('expired');
    else if (response.status >= 500) this.onReach('failing');
    else this.onReach('ok');
    const body = await response.json().catch(() => ({}));
    return new ApiError(
      response.status,
      body.code ?? '',
      body.title ?? '',
      body.detail ?? '',
      body.support ?? '',
      body,
    );
  }
}

/** True for the error of a request that we ourselves gave up. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
