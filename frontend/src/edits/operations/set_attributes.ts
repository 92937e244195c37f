import { t } from '../../i18n';
import { asText, attributeFields, attributeValues } from './attributes';
import { type BrowserOperation, missing, noDrawing } from './operation';

const KINDS: Record<string, string> = {
  land_use: 'code',
  legal_area: 'number',
  address: 'text',
  status: 'code',
  survey_document: 'text',
};

export const setAttributes: BrowserOperation = {
  id: 'set_attributes',
  hint: () => t('Chỉ trường nào được sửa mới đổi. Để trống là xóa.'),
  draws: noDrawing,
  fields: (_, around) => attributeFields(around).filter(({ name }) => name in KINDS),
  begin({ selected: [one] }) {
    const names = Object.keys(KINDS);
    return {
      fields: Object.fromEntries(names.map((name) => [name, asText(one?.attributes[name])])),
    };
  },
  build(entry) {
    const [one] = entry.selected;
    const typed = Object.entries(entry.fields);
    const edited = typed.filter(([name, text]) => text.trim() !== asText(one?.attributes[name]));
    const read = attributeValues(Object.fromEntries(edited), KINDS);
    if ('missing' in read) return read;
    if (Object.keys(read.values).length === 0) return missing(t('Chưa sửa trường nào.'));
    return { parameters: { values: read.values } };
  },
};
