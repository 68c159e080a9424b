import { findBrowser, planBrowserTests } from '../support/browser';

const nothing = (): boolean => false;
const only = (file: string) => (candidate: string): boolean => candidate === file;

describe('finding a browser', () => {
  test('CHROME_PATH comes first', () => {
    const search = { environment: { CHROME_PATH: '/opt/mine/chrome', PATH: '/usr/bin' }, platform: 'linux' as const, isExecutable: () => true };
    expect(findBrowser(search)).toBe('/opt/mine/chrome');
  });

  test('a wrong CHROME_PATH is an error that names it, even where another browser is installed', () => {
    const search = { environment: { CHROME_PATH: '/no/chrome' }, platform: 'linux' as const, isExecutable: only('/usr/bin/chromium') };
    expect(() => findBrowser(search)).toThrow("CHROME_PATH is '/no/chrome', which is no executable file");
  });

  test('a CHROME_PATH that is a folder is an error', () => {
    expect(() => findBrowser({ environment: { CHROME_PATH: __dirname } })).toThrow('which is no executable file');
  });

  test.each([
    ['linux', '/usr/bin/chromium', {}],
    ['linux', '/home/me/bin/google-chrome', { PATH: '/home/me/bin:/bin' }],
    ['darwin', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', {}],
    ['darwin', '/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium', { HOME: '/Users/me' }],
    ['win32', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe', { PROGRAMFILES: 'C:\\Program Files' }],
  ] as const)('on %s it is found at %s', (platform, file, environment) => {
    expect(findBrowser({ environment, platform, isExecutable: only(file) })).toBe(file);
  });

  test('without one the browser tests are skipped, and a line says how to get it', () => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const plan = planBrowserTests({ environment: {}, platform: 'linux', isExecutable: nothing });
    const lines = written.mock.calls.map(([line]) => line);
    written.mockRestore();
    expect(plan).toBe('skip');
    expect(lines).toEqual([expect.stringMatching(/skipped.*install Chrome or Chromium, or set CHROME_PATH/)]);
  });

  test('without one in CI the browser tests are run, and so fail', () => {
    expect(planBrowserTests({ environment: { CI: 'true' }, platform: 'linux', isExecutable: nothing })).toBe('run');
  });
});
