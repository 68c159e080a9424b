import { findBrowser, planBrowserTests } from '../support/browser';

const nothing = (): boolean => false;
const only = (file: string) => (candidate: string): boolean => candidate === file;

describe('findBrowser', () => {
  it('returns CHROME_PATH first', () => {
    const search = { environment: { CHROME_PATH: '/opt/mine/chrome', PATH: '/usr/bin' }, platform: 'linux' as const, isExecutable: () => true };
    expect(findBrowser(search)).toBe('/opt/mine/chrome');
  });

  it('fails when CHROME_PATH is not an executable file, even if another browser is installed', () => {
    const search = { environment: { CHROME_PATH: '/no/chrome' }, platform: 'linux' as const, isExecutable: only('/usr/bin/chromium') };
    expect(() => findBrowser(search)).toThrow("CHROME_PATH is '/no/chrome', which isn't an executable file");
  });

  it('fails when CHROME_PATH is a directory', () => {
    expect(() => findBrowser({ environment: { CHROME_PATH: __dirname } })).toThrow("which isn't an executable file");
  });

  it.each([
    ['linux', '/usr/bin/chromium', {}],
    ['linux', '/home/me/bin/google-chrome', { PATH: '/home/me/bin:/bin' }],
    ['darwin', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', {}],
    ['darwin', '/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium', { HOME: '/Users/me' }],
    ['win32', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe', { PROGRAMFILES: 'C:\\Program Files' }],
  ] as const)('on %s, finds %s', (platform, file, environment) => {
    expect(findBrowser({ environment, platform, isExecutable: only(file) })).toBe(file);
  });

  it('skips the browser tests without a browser, and prints how to install one', () => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const plan = planBrowserTests({ environment: {}, platform: 'linux', isExecutable: nothing });
    const lines = written.mock.calls.map(([line]) => line);
    written.mockRestore();
    expect(plan).toBe('skip');
    expect(lines).toEqual([expect.stringMatching(/skipped.*install Chrome or Chromium, or set CHROME_PATH/)]);
  });

  it('runs the browser tests in CI without a browser, so that they fail', () => {
    expect(planBrowserTests({ environment: { CI: 'true' }, platform: 'linux', isExecutable: nothing })).toBe('run');
  });
});
