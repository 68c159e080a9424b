import type { Browser } from 'playwright-core';
import { FakeServer } from './fake-server';
import type { FakeServerOptions } from './fake-server';
import { openTaxiPage } from './taxi-page';
import type { OpenTaxiPageOptions, TaxiPage } from './taxi-page';
import { launchBrowser, planBrowserTests } from '../support/browser';

/** The page in a browser of its test, before a server of its own. */
export interface OpenedPage extends TaxiPage {
  readonly server: FakeServer;
}

/** How a test opens the page. */
export interface OpenOptions extends FakeServerOptions {
  /** The query string of the page's address, such as `?month=2015-01`. */
  readonly search?: string;
  readonly context?: OpenTaxiPageOptions;
  /** What the browser may write to its console as an error, because the test provokes it. */
  readonly provokes?: RegExp;
}

/** What a file of browser tests works with. */
export interface PageTests {
  /** `test`, or `test.skip` on a machine without a browser. */
  readonly pageTest: jest.It;
  readonly open: (options?: OpenOptions) => Promise<OpenedPage>;
}

/**
 * Shares one browser among the tests of a file. After each test its pages and servers are closed, and whatever
 * a page complained about to its console makes the test fail.
 */
export function usePageTests(): PageTests {
  const plan = planBrowserTests();
  const opened: (OpenedPage & { readonly provokes?: RegExp })[] = [];
  let browser: Browser | undefined;

  jest.setTimeout(30_000);
  beforeAll(async () => {
    browser = plan === 'run' ? await launchBrowser() : undefined;
  });
  afterAll(async () => browser?.close());
  afterEach(async () => {
    const complaints = opened.flatMap((page) => page.complaints.filter((text) => page.provokes?.test(text) !== true));
    for (const { page, server } of opened.splice(0)) {
      await page.context().close();
      await server.stop();
    }
    expect(complaints).toEqual([]);
  });

  return {
    pageTest: plan === 'run' ? test : test.skip,
    open: async ({ search = '', context, provokes, ...serverOptions } = {}) => {
      if (browser === undefined) {
        throw new Error('the browser has not been started yet; open the page inside a test');
      }
      const server = await FakeServer.start(serverOptions);
      const page = { ...await openTaxiPage(browser, `${server.url}${search}`, context), server, provokes };
      opened.push(page);
      return page;
    },
  };
}
