// The page's head: the product's name, language, display, sign-in. The search box draws itself.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { App } from '../app';
import { getLanguage, t } from '../i18n';
import { icon } from '../icons';
import { addressIn, addressOf } from '../navigation';
import { startMeasure } from './measure';

/** What stands at the right of the head on a wide screen, and in the menu on a phone. */
export function headerLinks(app: App): TemplateResult {
  const { width } = app.store.state;
  if (width !== 'desktop') {
    return html`<button type="button" class="icon-button" aria-label=${t('Mở trình đơn')} aria-haspopup="dialog"
      @click=${() => app.store.set({ dialog: 'menu' })}>${icon('ellipsis')}</button>`;
  }
  return html`<nav class="header-links" aria-label=${t('Trang')}>
    ${dossierLink(app)}
    ${languageLinks(app)}
    <button type="button" class="button plain" aria-haspopup="dialog" @click=${() => app.store.set({ dialog: 'display' })}>
      ${icon('a-large-small')}<span>${t('Hiển thị')}</span></button>
    ${userLinks(app)}
  </nav>`;
}

function languageLinks(app: App): TemplateResult[] {
  const others = app.boot.languages.filter((language) => language.code !== getLanguage());
  return others.map(
    (language) => html`<a class="button plain" lang=${language.code} hreflang=${language.code}
      href=${addressIn(language.code, app.store.state)}>${icon('languages')}<span>${language.name}</span></a>`,
  );
}

/** To the work list for those who work on dossiers, to looking one up for everybody else. */
function dossierLink(app: App): TemplateResult {
  const held = app.boot.user?.permissions ?? [];
  return held.includes('parcels:edit') || held.includes('parcels:approve')
    ? html`<a class="button plain" href="/dossiers">${icon('list')}<span>${t('Hồ sơ')}</span></a>`
    : html`<a class="button plain" href="/dossiers/track">${icon('list')}<span>${t('Tra hồ sơ')}</span></a>`;
}

function userLinks(app: App): TemplateResult {
  const { user, csrf } = app.boot;
  if (!user)
    return html`<a class="button plain" href=${loginAddress(app)}>${icon('log-in')}<span>${t('Đăng nhập')}</span></a>`;
  return html`<span class="user">${icon('user')}<span>${user.name}</span></span>
    <form method="post" action="/logout"><input type="hidden" name="csrf_token" value=${csrf} />
      <button type="submit" class="button plain">${icon('log-out')}<span>${t('Đăng xuất')}</span></button></form>`;
}

/** The sign-in page, which leads back to this very view. */
export function loginAddress(app: App): string {
  return `/login?next=${encodeURIComponent(location.pathname + location.search + addressOf(app.store.state))}`;
}

export function menu(app: App): TemplateResult {
  const go = (dialog: 'display' | 'print' | 'share' | 'keys') => () => app.store.set({ dialog });
  return html`<ul class="plain menu">
    ${
      app.map
        ? html`<li><button type="button" class="button plain" @click=${() => measureFromMenu(app)}>${icon('ruler')}${t('Đo')}</button></li>
      <li><button type="button" class="button plain" @click=${go('print')}>${icon('printer')}${t('In')}</button></li>`
        : nothing
    }
    <li><button type="button" class="button plain" @click=${go('share')}>${icon('share')}${t('Chia sẻ')}</button></li>
    <li><button type="button" class="button plain" @click=${go('display')}>${icon('a-large-small')}${t('Hiển thị')}</button></li>
    <li><button type="button" class="button plain" @click=${go('keys')}>${icon('keyboard')}${t('Phím tắt')}</button></li>
    <li>${dossierLink(app)}</li>
    <li>${languageLinks(app)}</li>
    <li>${userLinks(app)}</li>
  </ul>`;
}

function measureFromMenu(app: App): void {
  app.store.set({ dialog: null });
  void startMeasure(app, 'line');
}
