// The few Lucide icons the page uses, put into the document once as a sprite.

import { html, svg, type TemplateResult } from 'lit-html';
import aLargeSmall from 'lucide-static/icons/a-large-small.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import chevronDown from 'lucide-static/icons/chevron-down.svg?raw';
import chevronLeft from 'lucide-static/icons/chevron-left.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import chevronUp from 'lucide-static/icons/chevron-up.svg?raw';
import circleAlert from 'lucide-static/icons/circle-alert.svg?raw';
import copy from 'lucide-static/icons/copy.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import ellipsis from 'lucide-static/icons/ellipsis.svg?raw';
import info from 'lucide-static/icons/info.svg?raw';
import keyboard from 'lucide-static/icons/keyboard.svg?raw';
import languages from 'lucide-static/icons/languages.svg?raw';
import layers from 'lucide-static/icons/layers.svg?raw';
import list from 'lucide-static/icons/list.svg?raw';
import locateFixed from 'lucide-static/icons/locate-fixed.svg?raw';
import logIn from 'lucide-static/icons/log-in.svg?raw';
import logOut from 'lucide-static/icons/log-out.svg?raw';
import mapPin from 'lucide-static/icons/map-pin.svg?raw';
import minus from 'lucide-static/icons/minus.svg?raw';
import octagonX from 'lucide-static/icons/octagon-x.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import printer from 'lucide-static/icons/printer.svg?raw';
import redo from 'lucide-static/icons/redo-2.svg?raw';
import ruler from 'lucide-static/icons/ruler.svg?raw';
import search from 'lucide-static/icons/search.svg?raw';
import share from 'lucide-static/icons/share-2.svg?raw';
import squareDashed from 'lucide-static/icons/square-dashed.svg?raw';
import triangleAlert from 'lucide-static/icons/triangle-alert.svg?raw';
import undo from 'lucide-static/icons/undo-2.svg?raw';
import user from 'lucide-static/icons/user.svg?raw';
import wifiOff from 'lucide-static/icons/wifi-off.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';

const ICONS = {
  'a-large-small': aLargeSmall,
  check,
  'chevron-down': chevronDown,
  'chevron-left': chevronLeft,
  'chevron-right': chevronRight,
  'chevron-up': chevronUp,
  'circle-alert': circleAlert,
  copy,
  download,
  ellipsis,
  info,
  keyboard,
  languages,
  layers,
  list,
  'locate-fixed': locateFixed,
  'log-in': logIn,
  'log-out': logOut,
  'map-pin': mapPin,
  minus,
  'octagon-x': octagonX,
  plus,
  printer,
  redo,
  ruler,
  search,
  share,
  'square-dashed': squareDashed,
  'triangle-alert': triangleAlert,
  undo,
  user,
  'wifi-off': wifiOff,
  x,
} as const;

export type IconName = keyof typeof ICONS;

export function installIcons(): void {
  const sprite = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  sprite.setAttribute('hidden', '');
  sprite.setAttribute('aria-hidden', 'true');
  sprite.innerHTML = Object.entries(ICONS)
    .map(([name, source]) => {
      const body = source.slice(
        source.indexOf('>', source.indexOf('<svg')) + 1,
        source.lastIndexOf('</svg>'),
      );
      return `<symbol id="icon-${name}" viewBox="0 0 24 24">${body}</symbol>`;
    })
    .join('');
  document.body.prepend(sprite);
}

/** An icon beside a visible word; it says nothing to a screen reader. */
export function icon(name: IconName): TemplateResult {
  const use = svg`<use href=${`#icon-${name}`}></use>`;
  return html`<svg class="icon" aria-hidden="true" focusable="false">${use}</svg>`;
}
