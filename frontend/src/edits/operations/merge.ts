import { t } from '../../i18n';
import { type BrowserOperation, noDrawing, noFields } from './operation';

export const merge: BrowserOperation = {
  id: 'merge',
  hint: () => t('Các thửa phải liền nhau, cùng tờ bản đồ, cùng loại đất.'),
  draws: noDrawing,
  fields: noFields,
  build: () => ({ parameters: {} }),
};
