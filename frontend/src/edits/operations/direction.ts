// The direction of a dividing line: typed as a bearing, or shown by two points on the map.

import { bearing } from '../../draw/plane';
import { t } from '../../i18n';
import { type Entry, type FormField, numberIn } from './operation';

export function bearingField(): FormField {
  return {
    name: 'bearing',
    label: t('Phương vị đường chia'),
    kind: 'number',
    unit: '°',
    help: t('Tính từ hướng bắc theo chiều kim đồng hồ. Để trống thì vẽ hai điểm trên bản đồ.'),
  };
}

export function bearingOf(entry: Entry): { value: number } | { missing: string } {
  const [from, to] = entry.points;
  if ((entry.fields.bearing ?? '').trim() !== '') {
    return numberIn(entry, 'bearing', t('Phương vị đường chia'));
  }
  if (from && to) return { value: bearing(from, to) };
  return { missing: t('Nhập phương vị đường chia, hoặc vẽ hai điểm theo hướng chia.') };
}
