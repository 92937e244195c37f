import { t } from '../../i18n';
import { type BrowserOperation, choices, MANY, missing, numberIn, tooFewPoints } from './operation';

export const moveBoundary: BrowserOperation = {
  id: 'move_boundary',
  hint: () => t('Dời song song cả đoạn ranh chung, hoặc vẽ ranh mới thay một đoạn.'),
  draws: ({ fields }) => (fields.way === 'line' ? { shape: 'line', most: MANY } : null),
  fields: ({ fields, selected }) => [
    {
      name: 'way',
      label: t('Cách sửa'),
      kind: 'choice',
      options: choices({ distance: t('Dời song song'), line: t('Vẽ ranh mới') }),
      ...(fields.way === 'line'
        ? { help: t('Hai đầu đường mới nằm trên ranh chung của hai thửa.') }
        : {}),
    },
    ...(fields.way === 'line'
      ? []
      : [
          { name: 'distance', label: t('Khoảng dời'), kind: 'number', unit: 'm' } as const,
          {
            name: 'into',
            label: t('Dời vào thửa nào'),
            kind: 'choice',
            options: selected.map(({ id, label }) => ({ value: id, label })),
          } as const,
        ]),
  ],
  begin: ({ selected }) => ({ fields: { way: 'distance', into: selected[1]?.id ?? '' } }),
  build(entry) {
    if (entry.fields.way === 'line') {
      return tooFewPoints(entry, 2) ?? { parameters: { line: entry.points } };
    }
    const distance = numberIn(entry, 'distance', t('Khoảng dời'));
    if ('missing' in distance) return distance;
    if (distance.value < 0.001) return missing(t('Khoảng dời phải lớn hơn 0.'));
    const into = entry.selected.find(({ id }) => id === entry.fields.into)?.id;
    if (!into) return missing(t('Chọn thửa bị lùi ranh.'));
    return { parameters: { distance: distance.value, into } };
  },
};
