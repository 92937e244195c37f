// The start: asks for everything the page needs at once, while the code that draws it is loading.

import './styles/fonts.css';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/panels.css';
import './styles/print.css';
import { Api } from './api';
import { readBoot } from './boot';
import { parseAddress } from './url';

const DEFAULT_STYLE = 'planning';
const LABEL_FONTS = ['400 16px "Be Vietnam Pro"', '600 16px "Be Vietnam Pro SemiBold"'];

async function start(): Promise<void> {
  const boot = readBoot();
  const api = new Api(boot.lang);
  const address = parseAddress(location.hash);
  address.style ??= DEFAULT_STYLE;
  address.basemap ??= 'plain';
  const coming = {
    catalogue: api.catalogue(boot.catalogue),
    messages: boot.lang === 'vi' ? Promise.resolve({}) : api.messages(boot.messages),
    style: api.style(address.style, address.basemap),
    // Labels drawn before their font has come would lose their tone marks.
    fonts: Promise.all(LABEL_FONTS.map((font) => document.fonts.load(font, 'Đường Ẵ'))),
  };
  // Whoever fails first is reported below; the others must not count as forgotten.
  for (const promise of Object.values(coming)) promise.catch(() => {});
  const { openViewer } = await import('./viewer');
  await openViewer(boot, api, address, coming);
}

start().catch((error: unknown) => {
  document.getElementById('start-failed')?.removeAttribute('hidden');
  throw error;
});
