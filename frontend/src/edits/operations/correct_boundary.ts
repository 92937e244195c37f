import { t } from '../../i18n';
import { ringsOf } from '../changeset';
import { type BrowserOperation, choices, MANY, missing, tooFewPoints } from './operation';

export const correctBoundary: BrowserOperation = {
  id: 'correct_boundary',
  hint: () => t('Sửa ranh hiện có: kéo đỉnh, sửa số trong danh sách, hoặc dán ranh đo mới.'),
  draws: () => ({ shape: 'polygon', most: MANY }),
  fields: () => [
    {
      name: 'neighbours',
      label: t('Thửa liền kề'),
      kind: 'choice',
      options: choices({ follow: t('Đổi theo ranh mới'), keep: t('Giữ nguyên') }),
    },
  ],
  begin({ selected: [one] }) {
    const ring = one && ringsOf(one.legal)[0];
    return { points: ring ?? [], fields: { neighbours: 'follow' } };
  },
  build(entry) {
    const few = tooFewPoints(entry, 3);
    if (few) return few;
    // The holes stay as they are: what is drawn is the outer ring.
    const [one] = entry.selected;
    if (one?.legal.type === 'MultiPolygon' && (one.legal.coordinates as unknown[]).length > 1) {
      return missing(t('Vùng này gồm nhiều mảnh nên chưa sửa cả ranh ở đây được. Dời từng đỉnh.'));
    }
    const holes = one ? ringsOf(one.legal).slice(1) : [];
    const neighbours = entry.fields.neighbours ?? 'follow';
    return { parameters: { rings: [entry.points, ...holes], neighbours } };
  },
};
