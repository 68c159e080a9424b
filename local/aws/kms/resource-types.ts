import { arn, HARMLESS_TAGS } from '../template/resource-type';
import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const NOTHING_ENCRYPTED = 'nothing is encrypted on one machine; who may use the key is judged';

function keyId({ generatedId }: ResourceIdentity): string {
  const id = generatedId(32).replace(/[g-z]/g, (letter) => (letter.charCodeAt(0) % 16).toString(16));
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
}

/** The resource types of AWS KMS. */
export const KMS_TYPES: ResourceTypes = {
  'AWS::KMS::Key': {
    honoured: ['KeyPolicy', 'Enabled'],
    harmless: {
      ...HARMLESS_TAGS,
      Description: 'for people',
      EnableKeyRotation: NOTHING_ENCRYPTED,
      PendingWindowInDays: NOTHING_ENCRYPTED,
      RotationPeriodInDays: NOTHING_ENCRYPTED,
    },
    values: { Enabled: [true, 'true'] },
    ref: keyId,
    attributes: { Arn: (key) => arn(key, 'kms', `key/${keyId(key)}`), KeyId: keyId },
  },
};
