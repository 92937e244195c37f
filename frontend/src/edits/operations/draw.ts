import { t } from '../../i18n';
import { attributeFields, attributeValues } from './attributes';
import { type BrowserOperation, MANY, missing, tooFewPoints } from './operation';

const KINDS: Record<string, string> = {
  commune_code: 'text',
  sheet: 'text',
  land_use: 'code',
  legal_area: 'number',
  address: 'text',
  status: 'code',
  survey_document: 'text',
};

export const draw: BrowserOperation = {
  id: 'draw',
  hint: () => t('Vẽ các đỉnh của thửa, hoặc nhập, dán danh sách điểm. Số thửa được cấp khi duyệt.'),
  draws: () => ({ shape: 'polygon', most: MANY }),
  fields: (_, around) => attributeFields(around).filter(({ name }) => name in KINDS),
  build(entry) {
    const few = tooFewPoints(entry, 3);
    if (few) return few;
    if (!entry.fields.sheet?.trim()) return missing(t('Nhập số tờ bản đồ.'));
    const given = Object.entries(entry.fields).filter(([, text]) => text.trim() !== '');
    const read = attributeValues(Object.fromEntries(given), KINDS);
    if ('missing' in read) return read;
    return { parameters: { rings: [entry.points], attributes: read.values } };
  },
};
