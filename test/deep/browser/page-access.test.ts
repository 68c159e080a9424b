import { usePageTests } from '../../browser/page-tests';
import { barColors, dayDialog, hiddenWidth, monthSection, tabTo, waitForConnection, waitForRows, waitForStatus } from '../../browser/taxi-page';
import { daysFrom, sendMonthsAndDays, sendRows } from '../../browser/taxi-results';
import { eventually } from '../../support/eventually';

const MIN_CONTRAST = 4.5;
const PHONE = { viewport: { width: 320, height: 640 } };
const { pageIt, open } = usePageTests();

/** The contrast of each visible string with its background. */
const CONTRASTS = `
  (() => {
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const luminance = (color) => channels(color).slice(0, 3).map((channel) => channel / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const background = (element) => {
      const color = getComputedStyle(element).backgroundColor;
      return channels(color)[3] === 0 ? background(element.parentElement) : color;
    };
    const hasText = (element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    return [...document.querySelectorAll('body *:not(noscript)')].filter(hasText).map((element) => {
      const [light, dark] = [getComputedStyle(element).color, background(element)].map(luminance).sort((a, b) => b - a);
      return { text: element.textContent.trim().slice(0, 30), contrast: (light + 0.05) / (dark + 0.05) };
    });
  })()`;

describe('the keyboard', () => {
  pageIt('selects a month, a measure, and a day, and scrolls the table', async () => {
    const { page, server } = await open({ onRequest: sendMonthsAndDays, context: PHONE });
    await waitForConnection(page, 'Connected');
    await tabTo(page, 'Month');
    await page.keyboard.type('032015');
    await tabTo(page, 'Show trips');
    await page.keyboard.press('Enter');
    const month = monthSection(page, 'March 2015');
    await waitForRows(month);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await month.locator('.chart').getByText('Hours driven').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    const table = month.getByRole('region', { name: 'Table' });
    await eventually(async () => expect(await table.evaluate(({ scrollLeft }: { scrollLeft: number }) => scrollLeft)).toBeGreaterThan(0));
    await tabTo(page, 'Mon, Mar 2');
    await page.keyboard.press('Enter');
    await waitForRows(dayDialog(page, 'Monday, March 2, 2015'));
    expect(server.requests).toMatchObject([{ parameters: { trip_month: '2015-03' } }, { parameters: { day: '2015-03-02' } }]);
  });
});

describe('the layout', () => {
  pageIt('fits a phone, on which the table scrolls', async () => {
    const config = { notice: 'These trips are generated.' };
    const { page } = await open({ onRequest: sendMonthsAndDays, search: '?month=2015-01', config, context: PHONE });
    await waitForRows(monthSection(page, 'January 2015'));
    expect(await hiddenWidth(page.locator('html'))).toBe(0);
    const table = page.getByRole('region', { name: 'Table' });
    expect(await hiddenWidth(table)).toBeGreaterThan(0);
  });

  pageIt('fits a phone when an error contains a long word', async () => {
    const message = `Unknown query: "${'x'.repeat(200)}".`;
    const { page } = await open({
      onRequest: ({ id }, socket) => socket.send(JSON.stringify({ type: 'error', id, code: 'unknown_query', message, retryable: false })),
      search: '?month=2015-01',
      context: PHONE,
    });
    await page.getByRole('alert').getByText(message).waitFor();
    expect(await hiddenWidth(page.locator('html'))).toBe(0);
  });

  pageIt('adapts the chart when the window becomes narrower', async () => {
    const { page } = await open({ onRequest: sendRows(daysFrom('2015-01', 31)), search: '?month=2015-01', context: {} });
    const month = monthSection(page, 'January 2015');
    await waitForRows(month);
    await page.setViewportSize(PHONE.viewport);
    await eventually(async () => expect((await month.locator('canvas').boundingBox())!.width).toBeLessThan(320));
    expect(await barColors(month)).toHaveLength(31);
    expect(await hiddenWidth(page.locator('html'))).toBe(0);
  });
});

describe('the color scheme', () => {
  pageIt.each(['light', 'dark'] as const)('%s has enough contrast', async (colorScheme) => {
    const { page } = await open({
      onRequest: sendMonthsAndDays,
      search: '?month=2015-01&day=2015-01-12',
      config: { notice: 'These trips are generated.' },
      context: { colorScheme },
    });
    await waitForRows(dayDialog(page, 'Monday, January 12, 2015'));
    await waitForStatus(page.locator('#month'), / rows in /);
    const contrasts = await page.evaluate<{ text: string; contrast: number }[]>(CONTRASTS);
    expect(contrasts.length).toBeGreaterThan(200);
    expect(contrasts.filter(({ contrast }) => contrast < MIN_CONTRAST)).toEqual([]);
  });

  pageIt('changes the page and the chart when the user changes it', async () => {
    const { page } = await open({ onRequest: sendMonthsAndDays, search: '?month=2015-01', context: {} });
    const month = monthSection(page, 'January 2015');
    await waitForRows(month);
    const background = async (): Promise<string> => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const light = { background: await background(), bars: await barColors(month) };
    expect(new Set(light.bars).size).toBe(2);
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually(async () => expect((await barColors(month)).some((color) => light.bars.includes(color))).toBe(false));
    expect(await background()).not.toBe(light.background);
  });
});

describe('the Content-Security-Policy', () => {
  pageIt('prevents an inline script', async () => {
    const { page, consoleErrors } = await open({ expectedErrors: /Content Security Policy/ });
    await waitForConnection(page, 'Connected');
    const violation = page.waitForEvent('console', (message) => message.text().includes('Content Security Policy'));
    await page.evaluate("document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = 1' }))");
    await violation;
    expect(await page.title()).toBe('New York by taxi');
    expect(consoleErrors).toHaveLength(1);
  });
});
