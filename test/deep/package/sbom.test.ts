import * as fs from 'node:fs';
import * as path from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { PACKAGES } from '../../package/packages';

describe('sbom.cdx.json', () => {
  it.each(Object.entries(PACKAGES))('follows the schema of CycloneDX 1.6 in %s', async (_, directory) => {
    const sbom = fs.readFileSync(path.join(directory, 'sbom.cdx.json'), 'utf8');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(sbom)).toBeNull();
  });
});
