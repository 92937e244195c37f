import { t } from '../../i18n';
import { bearingField, bearingOf } from './direction';
import { type BrowserOperation, choices, missing, numberIn } from './operation';

export const splitByArea: BrowserOperation = {
  id: 'split_by_area',
  hint: () => t('Cho diện tích phần tách và hướng đường chia. Máy chủ tìm đường đúng đến 0,1 m².'),
  draws: () => ({ shape: 'line', most: 2 }),
  fields: () => [
    { name: 'area', label: t('Diện tích phần tách'), kind: 'number', unit: 'm²' },
    bearingField(),
    {
      name: 'side',
      label: t('Phần tách nằm phía nào, nhìn theo hướng chia'),
      kind: 'choice',
      options: choices({ left: t('Bên trái'), right: t('Bên phải') }),
    },
  ],
  begin: () => ({ fields: { side: 'left' } }),
  build(entry) {
    const area = numberIn(entry, 'area', t('Diện tích phần tách'));
    if ('missing' in area) return area;
    const direction = bearingOf(entry);
    if ('missing' in direction) return direction;
    if (area.value < 0.1) return missing(t('Diện tích phần tách phải từ 0,1 m² trở lên.'));
    const side = entry.fields.side ?? 'left';
    return { parameters: { area: area.value, bearing: direction.value, side } };
  },
};
