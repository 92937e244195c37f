import { t } from '../../i18n';
import { type BrowserOperation, missing, noFields } from './operation';

export const insertVertex: BrowserOperation = {
  id: 'insert_vertex',
  hint: () => t('Chọn một chỗ trên ranh. Thửa bên kia ranh cũng có thêm đỉnh này.'),
  draws: () => ({ shape: 'point', most: 1 }),
  fields: noFields,
  build: ({ points: [at] }) =>
    at ? { parameters: { at } } : missing(t('Chọn chỗ thêm đỉnh trên ranh.')),
};
