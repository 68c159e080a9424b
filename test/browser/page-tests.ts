import type { Browser } from 'playwright-core';
import { PageServer } from './page-server';
import type { PageServerOptions } from './page-server';
import { openTaxiPage } from './taxi-page';
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
  readonly context?: OpenTaxiPageOptions;
  /** Console errors that the test causes. */
  readonly expectedErrors?: RegExp;
}

/** What a file of page tests uses. */
export interface PageTests {
  /** `it`, or `it.skip` on a machine without a browser. */
  readonly pageIt: jest.It;
  /** Opens the page in a browser context of its own, once in a test. */
  readonly open: (options?: OpenOptions) => Promise<OpenedPage>;
}

/** Shares one browser and one server among the tests of a file. A test fails if the page writes an unexpected error to the console. */
export function usePageTests(): PageTests {
  const plan = planBrowserTests();
  let browser: Browser;
  let server: PageServer;
  let opened: { readonly taxiPage: TaxiPage; readonly expectedErrors?: RegExp } | undefined;

  if (plan === 'run') {
    beforeAll(async () => {
      [browser, server] = await Promise.all([launchBrowser(), PageServer.start()]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    });
    afterEach(async () => {
      const { taxiPage, expectedErrors } = opened!;
      opened = undefined;
      await taxiPage.page.context().close();
      expect(taxiPage.consoleErrors.filter((message) => expectedErrors?.test(message) !== true)).toEqual([]);
    });
  }

  return {
    pageIt: plan === 'run' ? it : it.skip,
    open: async ({ search = '', context, expectedErrors, ...serverOptions } = {}) => {
      server.reset(serverOptions);
      const taxiPage = await openTaxiPage(browser, `${server.url}${search}`, context);
      opened = { taxiPage, expectedErrors };
      return { ...taxiPage, server };
    },
  };
}
