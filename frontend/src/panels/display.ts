// "Aa": theme, text size, patterns, and whether single keys act on the map.

import { html, type TemplateResult } from 'lit-html';
import type { App } from '../app';
import { t } from '../i18n';
import { applySettings, type Settings, saveSettings } from '../settings';

export function displayForm(app: App): TemplateResult {
  const { settings } = app.store.state;
  const change = (patch: Partial<Settings>) => changeSettings(app, patch);
  return html`
    ${radios(t('Màu giao diện'), 'theme', settings.theme, { system: t('Theo máy'), light: t('Sáng'), dark: t('Tối'), contrast: t('Tương phản cao') }, (theme) => change({ theme: theme as Settings['theme'] }))}
    ${radios(t('Cỡ chữ'), 'text', settings.text, { normal: t('Vừa'), large: t('Lớn'), larger: t('Rất lớn') }, (text) => change({ text: text as Settings['text'] }))}
    ${check(t('Hiện hoa văn trên bản đồ'), settings.patterns, (patterns) => change({ patterns }))}
    ${check(t('Dùng phím đơn trên bản đồ'), settings.keys, (keys) => change({ keys }))}
    <p class="muted">${t('Chỉ lưu trên máy này.')}</p>`;
}

function changeSettings(app: App, patch: Partial<Settings>): void {
  const settings = { ...app.store.state.settings, ...patch };
  saveSettings(settings);
  applySettings(settings);
  app.store.set({ settings });
}

function radios(
  title: string,
  name: string,
  chosen: string,
  options: Record<string, string>,
  choose: (value: string) => void,
): TemplateResult {
  return html`<fieldset class="choice"><legend>${title}</legend><div class="chips">${Object.entries(
    options,
  ).map(
    ([value, words]) => html`<label class="chip"><input type="radio" name=${name} value=${value}
      .checked=${value === chosen} @change=${() => choose(value)} /><span>${words}</span></label>`,
  )}</div></fieldset>`;
}

function check(title: string, on: boolean, change: (on: boolean) => void): TemplateResult {
  return html`<label class="check"><input type="checkbox" .checked=${on}
    @change=${(event: Event) => change((event.target as HTMLInputElement).checked)} /><span>${title}</span></label>`;
}
