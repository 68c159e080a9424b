import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import parseSpdx from 'spdx-expression-parse';
import { readManifest } from './bundled-packages';
import type { BundledPackage } from './bundled-packages';

const BUILDER = new Contrib.FromNodePackageJson.Builders.ComponentBuilder(
  new Contrib.FromNodePackageJson.Factories.ExternalReferenceFactory(),
  new Contrib.License.Factories.LicenseFactory(parseSpdx),
);

/** Returns the SBOM of the published package in a folder, in CycloneDX format. It has neither a time nor a serial number, so that it is reproducible. */
export function createSbom(folder: string, bundled: readonly BundledPackage[]): string {
  const published = createComponent(folder);
  const components = bundled.map((contained) => createComponent(contained.folder));
  components.forEach(({ bomRef }) => published.dependencies.add(bomRef));
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ component: published }),
    components: new Models.ComponentRepository(components),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function createComponent(folder: string): Models.Component {
  const manifest = readManifest(folder);
  const component = BUILDER.makeComponent(manifest, Enums.ComponentType.Library);
  if (component === undefined) {
    throw new Error(`The package.json in ${folder} has the name "${manifest.name}": it must be the name of an npm package.`);
  }
  component.purl = new PackageURL('npm', component.group, component.name, component.version).toString();
  component.bomRef.value = component.purl;
  return component;
}
