// How one reader wants the page to look ("Aa"); kept in this browser only.

export interface Settings {
  theme: 'system' | 'light' | 'dark' | 'contrast';
  text: 'normal' | 'large' | 'larger';
  patterns: boolean;
  /** Single-letter and arrow keys on the map. */
  keys: boolean;
}

const KEY = 'diaba.display';

const DEFAULTS: Settings = { theme: 'system', text: 'normal', patterns: true, keys: true };

export function loadSettings(): Settings {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return DEFAULTS; // a browser that keeps nothing still shows the map
  }
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private windows may refuse to store: the choice then lasts as long as the page.
  }
}

/** Themes and text sizes are style-sheet matters: the root element says which. */
export function applySettings(settings: Settings): void {
  const root = document.documentElement;
  if (settings.theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = settings.theme;
  root.dataset.text = settings.text;
}
