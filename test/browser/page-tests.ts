import type { Browser } from 'playwright-core';
import { PageServer } from './page-server';
import type { PageServerOptions } from './page-server';
import { createTaxiPage } from './taxi-page';
import type { OpenTaxiPageOptions, TaxiPage } from './taxi-page';
import { launchBrowser, planBrowserTests } from '../support/browser';

/** The page of a test and the server of the file. */
export interface OpenedPage extends TaxiPage {
  readonly server: PageServer;
}

/** How a test opens the page. */
export interface OpenOptions extends PageServerOptions {
  /** Query string of the address of the page, such as `?month=2015-01`. */
  readonly search?: string;
  /** Options of a browser context of its own, which a test with a clock needs, too. By default, the tests of a file share a page. */
  readonly context?: OpenTaxiPageOptions;
  /** Console errors that the test causes. */
  readonly expectedErrors?: RegExp;
}

/** What a file of page tests uses. */
export interface PageTests {
  /** `it`, or `it.skip` on a machine without a browser. */
  readonly pageIt: jest.It;
  /** Opens the page, once in a test. */
  readonly open: (options?: OpenOptions) => Promise<OpenedPage>;
}

/** Shares a browser, a page and a server among the tests of a file. A test fails if the page writes an unexpected error to the console. */
export function usePageTests(): PageTests {
  const plan = planBrowserTests();
  let browser: Browser;
  let sharedPage: TaxiPage;
  let server: PageServer;
  let opened: { readonly taxiPage: TaxiPage; readonly expectedErrors?: RegExp };

  if (plan === 'run') {
    beforeAll(async () => {
      [browser, server] = await Promise.all([launchBrowser(), PageServer.start()]);
      sharedPage = await createTaxiPage(browser);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    });
    afterEach(async () => {
      const { taxiPage, expectedErrors } = opened;
      await (taxiPage === sharedPage ? sharedPage.page.goto('about:blank') : taxiPage.page.context().close());
      expect(taxiPage.consoleErrors.splice(0).filter((message) => expectedErrors?.test(message) !== true)).toEqual([]);
    });
  }

  return {
    pageIt: plan === 'run' ? it : it.skip,
    open: async ({ search = '', context, expectedErrors, ...serverOptions } = {}) => {
      server.reset(serverOptions);
      const taxiPage = context === undefined ? sharedPage : await createTaxiPage(browser, context);
      opened = { taxiPage, expectedErrors };
      await taxiPage.page.goto(`${server.url}${search}`);
      return { ...taxiPage, server };
    },
  };
}
