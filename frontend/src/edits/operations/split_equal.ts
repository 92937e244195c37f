import { t } from '../../i18n';
import { bearingField, bearingOf } from './direction';
import { type BrowserOperation, choices, missing, numberIn, tooFewPoints } from './operation';

export const splitEqual: BrowserOperation = {
  id: 'split_equal',
  hint: () => t('Chia thửa thành các phần bằng nhau theo một hướng, hoặc dọc theo mặt tiền.'),
  draws: () => ({ shape: 'line', most: 2 }),
  fields: (entry) => [
    { name: 'parts', label: t('Số phần'), kind: 'number' },
    {
      name: 'way',
      label: t('Cách chia'),
      kind: 'choice',
      options: choices({ bearing: t('Theo một hướng'), front: t('Theo mặt tiền') }),
      ...(entry.fields.way === 'front'
        ? { help: t('Chọn hai đỉnh ở hai đầu mặt tiền trên bản đồ.') }
        : {}),
    },
    ...(entry.fields.way === 'front' ? [] : [bearingField()]),
  ],
  begin: () => ({ fields: { parts: '2', way: 'bearing' } }),
  build(entry) {
    const parts = numberIn(entry, 'parts', t('Số phần'));
    if ('missing' in parts) return parts;
    if (!Number.isInteger(parts.value) || parts.value < 2 || parts.value > 100) {
      return missing(t('Số phần là số nguyên từ 2 đến 100.'));
    }
    if (entry.fields.way === 'front') {
      return tooFewPoints(entry, 2) ?? { parameters: { parts: parts.value, front: entry.points } };
    }
    const direction = bearingOf(entry);
    if ('missing' in direction) return direction;
    return { parameters: { parts: parts.value, bearing: direction.value } };
  },
};
