// The search box: an ARIA 1.2 combobox whose results stand in groups and preview on the map.

import { html, nothing, render, type TemplateResult } from 'lit-html';
import { announce } from '../announce';
import { isAbort } from '../api';
import type { LonLat, SearchAnswer, SearchResult } from '../api.types';
import type { App } from '../app';
import { toggleLayer } from '../choices';
import { formatNumber } from '../format';
import { t } from '../i18n';
import { icon } from '../icons';
import { openFeature, pick } from '../selection';
import type { Place } from '../url';

const PAUSE = 250;

type Status = 'closed' | 'loading' | 'ready' | 'failed';

export class SearchBox {
  private text = '';
  private answer: SearchAnswer | null = null;
  private status: Status = 'closed';
  private active = -1;
  private timer = 0;
  private request: AbortController | null = null;
  /** Where the reader was before results were previewed. */
  private before: Place | null = null;

  constructor(
    private readonly app: App,
    private readonly container: HTMLElement,
  ) {
    this.draw();
    document.addEventListener('pointerdown', (event) => {
      if (!this.container.contains(event.target as Node)) this.close(false);
    });
  }

  focus(): void {
    const input = this.input;
    input?.focus();
    input?.select();
  }

  private get input(): HTMLInputElement | null {
    return this.container.querySelector('input');
  }

  private get results(): SearchResult[] {
    return this.answer?.groups.flatMap((group) => group.results) ?? [];
  }

  private draw(): void {
    const open = this.status !== 'closed';
    const label = t('Tìm thửa, địa chỉ, nơi, tọa độ hoặc lớp');
    render(
      html`<form role="search" class="search" action="/search" method="get" @submit=${(event: Event) => this.submit(event)}>
        <label class="sr" for="search-input">${label}</label>
        ${icon('search')}
        <input id="search-input" name="q" type="text" role="combobox" autocomplete="off" spellcheck="false"
          placeholder=${t('Tìm thửa, địa chỉ')} aria-autocomplete="list" aria-haspopup="listbox"
          aria-expanded=${open ? 'true' : 'false'} aria-controls="search-results"
          aria-activedescendant=${open && this.active >= 0 ? `search-${this.active}` : nothing}
          .value=${this.text} @input=${(event: Event) => this.typed(event)} @keydown=${(event: KeyboardEvent) => this.key(event)}
          @focus=${() => this.reopen()} />
        ${this.text ? html`<button type="button" class="icon-button clear" aria-label=${t('Xóa ô tìm')} @click=${() => this.clear()}>${icon('x')}</button>` : nothing}
        <div class="search-pop" ?hidden=${!open}>
          <div id="search-results" role="listbox" aria-label=${t('Kết quả tìm')}>${this.groups()}</div>
          ${this.below()}
        </div>
      </form>`,
      this.container,
    );
  }

  private groups(): TemplateResult[] {
    let index = 0;
    return (this.answer?.groups ?? [])
      .filter((group) => group.results.length > 0)
      .map((group) => {
        const title = `search-group-${group.id}`;
        return html`<div role="group" aria-labelledby=${title}>
          <div class="search-group" id=${title} role="presentation">${group.title}
            ${group.total > group.results.length ? html`<span class="count">${formatNumber(group.total)}</span>` : nothing}</div>
          ${group.results.map((result) => this.option(result, index++))}
        </div>`;
      });
  }

  private option(result: SearchResult, index: number): TemplateResult {
    return html`<div class="search-option" role="option" id=${`search-${index}`}
      aria-selected=${index === this.active ? 'true' : 'false'}
      @pointerdown=${(event: Event) => event.preventDefault()}
      @mouseenter=${() => this.move(index)} @click=${() => this.open(result)}>
      <strong>${result.title}</strong>
      ${result.subtitle ? html`<span class="muted">${result.subtitle}</span>` : nothing}
    </div>`;
  }

  private below(): TemplateResult | typeof nothing {
    if (this.status === 'loading') return html`<p class="search-note">${t('Đang tìm…')}</p>`;
    if (this.status === 'failed') {
      return html`<p class="search-note">${t('Chưa tìm được vì máy chủ không trả lời. Thử lại sau ít phút.')}</p>`;
    }
    if (this.status !== 'ready') return nothing;
    const message = this.answer?.message;
    const none = t(
      'Không có kết quả cho “{query}”. Kiểm tra số thửa, số tờ, hoặc chạm trên bản đồ.',
      { query: this.text },
    );
    return html`${this.results.length === 0 ? html`<p class="search-note">${message ?? none}</p>` : nothing}
      <p class="search-all"><a href=${`/search?q=${encodeURIComponent(this.text)}`}>${t('Xem tất cả')}</a></p>`;
  }

  private typed(event: Event): void {
    this.text = (event.target as HTMLInputElement).value;
    this.ask();
  }

  private ask(pause = PAUSE): void {
    window.clearTimeout(this.timer);
    this.request?.abort();
    const query = this.text.trim().normalize('NFC');
    if (query.length < 2) {
      this.answer = null;
      this.close(false);
      return;
    }
    this.timer = window.setTimeout(() => void this.load(query), pause);
    this.draw();
  }

  private async load(query: string): Promise<void> {
    this.request = new AbortController();
    this.status = 'loading';
    this.draw();
    try {
      const { lon, lat } = this.app.store.state.place;
      this.answer = await this.app.api.search(query, [lon, lat], this.request.signal);
      this.status = 'ready';
      this.active = -1;
      announce(this.answer.message ?? t('{n} kết quả', { n: this.results.length }));
    } catch (error) {
      if (isAbort(error)) return;
      this.status = 'failed';
      this.answer = null;
    }
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const count = this.results.length;
    const steps: Record<string, number> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active < 0 ? count - 1 : this.active - 1,
      Home: 0,
      End: count - 1,
    };
    const next = steps[event.key];
    if (event.key === 'Escape') this.escape(event);
    else if (next !== undefined && this.status === 'ready' && count > 0) {
      if ((event.key === 'Home' || event.key === 'End') && this.active < 0) return;
      event.preventDefault();
      this.move((next + count) % count);
    }
  }

  private submit(event: Event): void {
    const result = this.results[this.active] ?? this.results[0];
    if (!result) {
      if (this.status !== 'ready') event.preventDefault();
      return; // nothing to open here: the search page explains and helps on
    }
    event.preventDefault();
    this.open(result);
  }

  /** Makes an option the active one and shows on the map where it is. */
  private move(index: number): void {
    if (this.active === index) return;
    this.active = index;
    this.draw();
    document.getElementById(`search-${index}`)?.scrollIntoView({ block: 'nearest' });
    const result = this.results[index];
    const map = this.app.map;
    if (!map || !result?.point) return;
    this.before ??= map.place;
    map.markPoint(result.point);
    map.goTo({ box: result.bbox, point: result.point });
  }

  private open(result: SearchResult): void {
    const group = this.answer?.groups.find((each) => each.results.includes(result));
    this.before = null;
    this.close(false);
    this.input?.blur();
    if (group?.id === 'layer') {
      const id = result.layer ?? result.id;
      if (!this.app.store.state.layers.has(id)) toggleLayer(this.app, id);
      this.app.store.set({ layersOpen: true });
    } else if (group?.id === 'coordinates' || !result.layer) this.goTo(result.point);
    else void openFeature(this.app, result.layer, result.id, true).then(focusCard);
  }

  private goTo(point: LonLat | null): void {
    if (!point) return;
    this.app.map?.goTo({ point });
    void pick(this.app, point, 1).then(focusCard);
  }

  private escape(event: KeyboardEvent): void {
    if (this.status !== 'closed') {
      event.stopPropagation();
      this.close(true);
    } else if (this.text) {
      event.stopPropagation();
      this.clear();
    }
  }

  private clear(): void {
    this.text = '';
    this.answer = null;
    this.close(true);
    this.input?.focus();
  }

  private reopen(): void {
    if (!this.answer || this.status !== 'closed') return;
    this.status = 'ready';
    this.draw();
  }

  /** Closes the results; with `back`, the map returns to where it was before they were previewed. */
  private close(back: boolean): void {
    window.clearTimeout(this.timer);
    this.request?.abort();
    this.status = 'closed';
    this.active = -1;
    this.app.map?.overlay.preview(null);
    if (back && this.before) {
      const { lon, lat, zoom } = this.before;
      this.app.map?.map.easeTo({ center: [lon, lat], zoom });
    }
    this.before = null;
    this.draw();
  }
}

export function focusCard(): void {
  // The card is drawn after the state has settled.
  window.setTimeout(
    () => document.getElementById('card-title')?.focus({ preventScroll: true }),
    50,
  );
}
