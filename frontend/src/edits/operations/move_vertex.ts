import { t } from '../../i18n';
import { type BrowserOperation, missing, noFields } from './operation';

export const moveVertex: BrowserOperation = {
  id: 'move_vertex',
  hint: () => t('Chọn đỉnh, rồi chọn chỗ mới. Các thửa có chung đỉnh này cùng đổi.'),
  draws: () => ({ shape: 'line', most: 2 }),
  fields: noFields,
  build({ points: [vertex, to] }) {
    if (!vertex) return missing(t('Chọn đỉnh cần dời.'));
    if (!to) return missing(t('Chọn hoặc nhập chỗ mới của đỉnh.'));
    return { parameters: { vertex, to } };
  },
};
