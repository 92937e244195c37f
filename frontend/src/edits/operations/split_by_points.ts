import { t } from '../../i18n';
import { type BrowserOperation, MANY, noFields, tooFewPoints } from './operation';

export const splitByPoints: BrowserOperation = {
  id: 'split_by_points',
  hint: () => t('Nhập hoặc dán các điểm của đường chia theo thứ tự. Hai đầu phải chạm ranh thửa.'),
  draws: () => ({ shape: 'line', most: MANY }),
  fields: noFields,
  build: (entry) =>
    tooFewPoints(entry, 2) ?? {
      // Surveyed points are sent by name, so that north and east cannot be taken for each other.
      parameters: { points: entry.points.map(([east, north]) => ({ x: north, y: east })) },
    },
};
