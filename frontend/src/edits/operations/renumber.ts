import { t } from '../../i18n';
import { asText } from './attributes';
import { type BrowserOperation, missing, noDrawing } from './operation';

export const renumber: BrowserOperation = {
  id: 'renumber',
  hint: () =>
    t('Số cũ được giữ lại trong hồ sơ thửa. Số mới còn trống hay không được xem khi duyệt.'),
  draws: noDrawing,
  fields: () => [
    { name: 'sheet', label: t('Số tờ bản đồ'), kind: 'text' },
    { name: 'number', label: t('Số thửa'), kind: 'text' },
  ],
  begin: ({ selected: [one] }) => ({ fields: { sheet: asText(one?.attributes.sheet) } }),
  build({ fields }) {
    const [sheet, number] = [fields.sheet?.trim(), fields.number?.trim()];
    if (!sheet) return missing(t('Nhập số tờ bản đồ.'));
    if (!number) return missing(t('Nhập số thửa.'));
    return { parameters: { sheet, number } };
  },
};
