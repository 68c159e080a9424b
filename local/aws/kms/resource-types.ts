import { arn, IGNORED_TAGS } from '../template/resource-type';
import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const NOT_ENCRYPTED = 'data is not encrypted; the key policy is evaluated';

function keyId({ generatedId }: ResourceIdentity): string {
  const id = generatedId(32).replace(/[g-z]/g, (letter) => (letter.charCodeAt(0) % 16).toString(16));
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
}

/** The resource types of AWS KMS. */
export const KMS_TYPES: ResourceTypes = {
  'AWS::KMS::Key': {
    supported: ['KeyPolicy', 'Enabled'],
    ignored: {
      ...IGNORED_TAGS,
      Description: 'informational',
      EnableKeyRotation: NOT_ENCRYPTED,
      PendingWindowInDays: NOT_ENCRYPTED,
      RotationPeriodInDays: NOT_ENCRYPTED,
    },
    values: { Enabled: [true, 'true'] },
    ref: keyId,
    attributes: { Arn: (key) => arn(key, 'kms', `key/${keyId(key)}`), KeyId: keyId },
  },
};
