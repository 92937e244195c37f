// The page's modal boxes: one at a time, the browser's own <dialog> keeps focus and Escape.

import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { App } from '../app';
import { t } from '../i18n';
import { icon } from '../icons';
import { addressOf } from '../navigation';
import type { Dialog } from '../state';
import { displayForm } from './display';
import { menu } from './header';
import { keyTable } from './keys';

export function dialog(app: App): TemplateResult | typeof nothing {
  const name = app.store.state.dialog;
  if (name === null) return nothing;
  const closed = () => app.store.set({ dialog: null });
  // Closed by the browser itself, which gives the focus back to whoever opened the box.
  const close = (event: Event) => (event.currentTarget as HTMLElement).closest('dialog')?.close();
  return html`<dialog class="dialog" aria-labelledby="dialog-title" @close=${closed} ${ref(open)}
      @click=${(event: Event) => (event.target === event.currentTarget ? close(event) : undefined)}>
    <div class="dialog-in">
      <header class="panel-head"><h2 id="dialog-title" tabindex="-1" autofocus>${titleOf(name)}</h2>
        <button type="button" class="icon-button" aria-label=${t('Đóng hộp')} @click=${close}>${icon('x')}</button></header>
      <div class="panel-body">${content(app, name)}</div>
    </div></dialog>`;
}

function open(element: Element | undefined): void {
  const box = element as HTMLDialogElement | undefined;
  if (box && !box.open) queueMicrotask(() => !box.open && box.isConnected && box.showModal());
}

function titleOf(name: Dialog): string {
  const titles: Record<Dialog, string> = {
    share: t('Chia sẻ'),
    print: t('In bản đồ'),
    display: t('Hiển thị'),
    keys: t('Phím tắt'),
    menu: t('Trình đơn'),
  };
  return titles[name];
}

/** Code that is loaded when its dialog is first opened. */
const parts: { share?: typeof import('./share'); print?: typeof import('./print') } = {};

function content(app: App, name: Dialog): TemplateResult {
  if (name === 'display') return displayForm(app);
  if (name === 'keys') return keyTable();
  if (name === 'menu') return menu(app);
  if (name === 'print' && parts.print) return parts.print.printForm(app);
  if (name === 'share' && parts.share) {
    const path = location.origin + location.pathname + location.search;
    return parts.share.shareForm(path + addressOf(app.store.state));
  }
  void load(app, name);
  return html`<p>${t('Đang mở…')}</p>`;
}

async function load(app: App, name: 'share' | 'print'): Promise<void> {
  if (name === 'share') parts.share = await import('./share');
  else parts.print = await import('./print');
  app.store.set({});
}
