import * as fs from 'node:fs';
import * as path from 'node:path';
import type { BundledPackage } from './bundled-packages';

const LICENSE_FILE = /^((un)?licen[cs]e|copying)([-._].*)?$/i;
const NOTICE_FILE = /^(notices?|copyright|third[-_]?party[-_.]?(notices?|licen[cs]es?))([-._].*)?$/i;
const CODE_FILE = /\.([cm]?[jt]s|json|map)$/i;

/** Licenses that are the same for each package, so that a package without a license file can be listed with the standard one. */
const STANDARD_LICENSES: Readonly<Record<string, string>> = {
  'Apache-2.0': require.resolve('projen/license-text/Apache-2.0.txt'),
};

const LINE = '-'.repeat(80);

/** A license or notice that the packages in `sources` share. */
interface Notice {
  readonly content: string;
  readonly sources: string[];
}

/** Returns the notices for the packages in the bundles of a published package: their names, licenses, license files and notice files. */
export function createNotices(name: string, bundled: readonly BundledPackage[]): string {
  if (bundled.length === 0) {
    return `The package ${name} contains no third-party code.\n`;
  }
  return [
    `The package ${name} contains code of the following packages. Their licenses and notices follow.\n`,
    ...bundled.map(({ id, license }) => `${id} (${license})`),
    ...collectNotices(bundled).map(({ content, sources }) => `\n${LINE}\n${sources.join('\n')}\n\n${content}`),
  ].join('\n').concat('\n');
}

/** Equal notices are listed once, because most packages have the same license. */
function collectNotices(bundled: readonly BundledPackage[]): Notice[] {
  const notices = new Map<string, Notice>();
  for (const [source, content] of bundled.flatMap(noticesOf)) {
    const notice = notices.get(content) ?? { content, sources: [] };
    notice.sources.push(source);
    notices.set(content, notice);
  }
  return [...notices.values()];
}

function noticesOf({ id, license, folder }: BundledPackage): [source: string, content: string][] {
  const files = fs.readdirSync(folder).filter((file) => !CODE_FILE.test(file)).sort();
  const licenses = files.filter((file) => LICENSE_FILE.test(file));
  const notices = [...licenses, ...files.filter((file) => NOTICE_FILE.test(file))]
    .map((file): [string, string] => [`${id}: ${file}`, readNotice(path.join(folder, file))]);
  if (licenses.length > 0) {
    return notices;
  }
  if (STANDARD_LICENSES[license] === undefined) {
    throw new Error(`The package ${id} has the license "${license}", but contains no license file: replace the package, or use a version with a license file.`);
  }
  return [[`${id}: the license that its package.json declares`, readNotice(STANDARD_LICENSES[license])], ...notices];
}

function readNotice(file: string): string {
  return fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n').replace(/^\n+/, '').trimEnd();
}
