import * as fs from 'node:fs';
import * as path from 'node:path';
import { packagesOfClient, packagesOfFunctions, readManifest, readPackages } from './bundled-packages';
import { CLIENT_PACKAGE_DIRECTORY, NOTICES } from './client-package';
import { createSbom } from './sbom';
import { createNotices } from './third-party-notices';

const PROJECT = path.resolve(__dirname, '..');

async function main(): Promise<void> {
  writeNotices(PROJECT, packagesOfFunctions());
  writeNotices(path.join(PROJECT, CLIENT_PACKAGE_DIRECTORY), await packagesOfClient());
}

function writeNotices(directory: string, folders: readonly string[]): void {
  const bundled = readPackages(folders);
  fs.writeFileSync(path.join(directory, NOTICES.licenses), createNotices(readManifest(directory).name, bundled));
  fs.writeFileSync(path.join(directory, NOTICES.sbom), createSbom(directory, bundled));
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
