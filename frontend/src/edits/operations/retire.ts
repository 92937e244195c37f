import { t } from '../../i18n';
import { type BrowserOperation, noDrawing } from './operation';

export const retire: BrowserOperation = {
  id: 'retire',
  hint: () => t('Đất của thửa nhập vào đường hoặc mặt nước liền kề. Thửa vẫn còn trong lịch sử.'),
  draws: noDrawing,
  fields: (_, around) => [
    {
      name: 'into',
      label: t('Đất nhập vào'),
      kind: 'choice',
      options: [
        { value: '', label: t('Không nhập vào đâu (bản kiểm tra sẽ báo khe hở)') },
        ...around.features
          .filter(({ layer }) => layer !== 'parcel')
          .map(({ id, label }) => ({ value: id, label })),
      ],
    },
  ],
  build: ({ fields }) => ({ parameters: fields.into ? { into: fields.into } : {} }),
};
