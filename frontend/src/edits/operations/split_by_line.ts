import { t } from '../../i18n';
import { type BrowserOperation, MANY, noFields, tooFewPoints } from './operation';

export const splitByLine: BrowserOperation = {
  id: 'split_by_line',
  hint: () => t('Vẽ đường chia qua thửa, bắt đầu và kết thúc trên ranh hoặc ngoài thửa.'),
  draws: () => ({ shape: 'line', most: MANY }),
  fields: noFields,
  build: (entry) => tooFewPoints(entry, 2) ?? { parameters: { line: entry.points } },
};
