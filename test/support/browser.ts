import * as fs from 'fs';
import * as path from 'path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const REMEDY = 'install Chrome or Chromium, or set CHROME_PATH to its executable';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where `findBrowser` searches. By default, on this machine. */
export interface BrowserSearch {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly isExecutable?: (file: string) => boolean;
}

/** Returns the executable of Chrome or Chromium: CHROME_PATH, or the first one in the usual locations. */
export function findBrowser(search: BrowserSearch = {}): string | undefined {
  const { environment = process.env, platform = process.platform, isExecutable = canExecute } = search;
  const named = environment.CHROME_PATH;
  if (named === undefined || named === '') {
    return usualLocations(platform, environment).find(isExecutable);
  }
  if (!isExecutable(named)) {
    throw new Error(`CHROME_PATH is '${named}', which isn't an executable file: correct it, or unset it to search in the usual locations`);
  }
  return named;
}

/** Starts the browser without a window. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new Error(`The browser tests found no browser: ${REMEDY}`);
  }
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** Whether the browser tests run. Without a browser, they are skipped, or fail in CI. */
export type BrowserTests = 'run' | 'skip';

/** Decides whether the browser tests run, and prints a line if they are skipped. */
export function planBrowserTests(search: BrowserSearch = {}): BrowserTests {
  const { environment = process.env } = search;
  if (findBrowser(search) !== undefined || isSet(environment.CI)) {
    return 'run';
  }
  process.stderr.write(`The browser tests are skipped because they found no browser: ${REMEDY}.\n`);
  return 'skip';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false';
}

function canExecute(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function usualLocations(platform: NodeJS.Platform, environment: Readonly<Record<string, string | undefined>>): string[] {
  if (platform === 'darwin') {
    return ['', environment.HOME ?? ''].flatMap((home) => [
      `${home}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
      `${home}/Applications/Chromium.app/Contents/MacOS/Chromium`,
    ]);
  }
  if (platform === 'win32') {
    const folders = [environment.PROGRAMFILES, environment['PROGRAMFILES(X86)'], environment.LOCALAPPDATA];
    return folders.filter((folder) => folder !== undefined).flatMap((folder) => [
      path.win32.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      path.win32.join(folder, 'Chromium', 'Application', 'chrome.exe'),
    ]);
  }
  const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'];
  const onPath = (environment.PATH ?? '').split(':').filter((folder) => folder !== '');
  const folders = [...onPath, '/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];
  return folders.flatMap((folder) => names.map((name) => path.posix.join(folder, name)));
}
