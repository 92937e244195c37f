import { t } from '../../i18n';
import { type BrowserOperation, missing, noFields } from './operation';

export const removeVertex: BrowserOperation = {
  id: 'remove_vertex',
  hint: () => t('Chọn đỉnh cần bỏ. Thửa bên kia ranh cũng mất đỉnh này.'),
  draws: () => ({ shape: 'point', most: 1 }),
  fields: noFields,
  build: ({ points: [vertex] }) =>
    vertex ? { parameters: { vertex } } : missing(t('Chọn đỉnh cần bỏ.')),
};
