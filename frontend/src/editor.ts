// The start of the editor: asks for what the page needs at once, and opens the draft of one dossier.

import './styles/fonts.css';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/panels.css';
import './styles/editor.css';
import { Api, ApiError } from './api';
import { readBoot } from './boot';
import { openEditor } from './edits/open';
import type { EditBoot } from './edits/state';
import { setLanguage, t } from './i18n';

const LABEL_FONTS = ['400 16px "Be Vietnam Pro"', '600 16px "Be Vietnam Pro SemiBold"'];

async function start(): Promise<void> {
  const boot = readBoot() as EditBoot;
  const api = new Api(boot.lang);
  const fonts = Promise.all(LABEL_FONTS.map((font) => document.fonts.load(font, 'Đường Ẵ')));
  const style = api.style('land', 'plain');
  const catalogue = api.catalogue(boot.catalogue);
  // Whoever fails first is reported below; the others must not count as forgotten.
  for (const promise of [fonts, style, catalogue]) promise.catch(() => {});
  setLanguage(boot.lang, boot.lang === 'vi' ? {} : await api.messages(boot.messages));
  await openEditor(boot, api, { style, catalogue, fonts });
}

start().catch((error: unknown) => {
  const box = document.getElementById('start-failed');
  box?.removeAttribute('hidden');
  const told = error instanceof ApiError ? error.detail || error.title : '';
  const why = box?.querySelector('.why');
  if (why) why.textContent = told || t('Máy chủ không trả lời.');
  if (!(error instanceof ApiError)) throw error;
});
