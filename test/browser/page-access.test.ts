import type { Page } from 'playwright-core';
import { usePageTests } from './page-tests';
import { answeringMonthsAndDays, answeringWith, daysFrom } from './taxi-answers';
import { answerShown, askForMonth, connectionShown, hoursShown, pixelsTooWide } from './taxi-page';
import { eventually } from '../support/eventually';

const JANUARY = daysFrom('2015-01', 31);
const READABLE = 4.5;
const { pageTest, open } = usePageTests();

const CONTRAST = `
  (() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const luminance = (colour) => channels(colour).slice(0, 3).map((channel) => channel / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const background = (element) => {
      const colour = getComputedStyle(element).backgroundColor;
      return channels(colour)[3] === 0 ? background(element.parentElement) : colour;
    };
    const hasText = (element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    return [...document.querySelectorAll('body *:not(option, title)')].filter(hasText).map((element) => {
      const style = getComputedStyle(element);
      const pair = [element instanceof SVGElement ? style.fill : style.color, background(element)].map(luminance).sort((a, b) => b - a);
      return { text: element.textContent.trim().slice(0, 30), contrast: (pair[0] + 0.05) / (pair[1] + 0.05) };
    });
  })()`;

async function contrasts(page: Page): Promise<{ text: string; contrast: number }[]> {
  return page.evaluate(CONTRAST);
}

async function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.id || document.activeElement.textContent.trim()');
}

/** Presses Tab until something has the focus; the stops on the way there. */
async function tabTo(page: Page, wanted: string): Promise<string[]> {
  const stops: string[] = [];
  while (stops[stops.length - 1] !== wanted && stops.length < 12) {
    await page.keyboard.press('Tab');
    stops.push(await focused(page));
  }
  return stops;
}

describe('the keyboard alone', () => {
  pageTest('is enough to pick a month, ask, choose a column and read the table', async () => {
    const { page, server } = await open({ answering: answeringWith(daysFrom('2015-03', 31)), context: { viewport: { width: 320, height: 640 } } });
    await connectionShown(page, 'Connected');
    expect(await tabTo(page, 'month')).toEqual(['month']);
    await page.keyboard.type('032015');
    expect(await tabTo(page, 'Show trips')).toContain('Show trips');
    await page.keyboard.press('Enter');
    await answerShown(page, 'March 2015');
    expect(server.questions).toMatchObject([{ parameters: { trip_month: '2015-03' } }]);

    expect(await tabTo(page, 'month-measure')).toEqual(['month-measure']);
    await page.keyboard.press('ArrowDown');
    await page.getByRole('group', { name: /^Hours driven in March 2015/ }).waitFor();
    expect(await tabTo(page, 'month-rows')).toEqual([expect.stringContaining('Sunday 1 March'), 'month-rows']);
    await page.keyboard.press('ArrowRight');
    await eventually(async () => expect(await page.evaluate<number>("document.getElementById('month-rows').scrollLeft")).toBeGreaterThan(0));
  });

  pageTest('leaves the page after its last control', async () => {
    const { page } = await open({ answering: answeringWith(JANUARY), search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    await page.locator('#month-rows').focus();
    await page.keyboard.press('Tab');
    expect(await focused(page)).not.toBe('month-rows');
  });
});

describe('what is seen', () => {
  pageTest('fits a phone 320 pixels wide; the table scrolls in a region of its own', async () => {
    const { page } = await open({
      answering: answeringWith(JANUARY),
      search: '?month=2015-01',
      config: { notice: 'These trips are generated from a seed.' },
      context: { viewport: { width: 320, height: 640 } },
    });
    await answerShown(page, 'January 2015');
    expect(await pixelsTooWide(page)).toBe(0);
    const region = page.getByRole('region', { name: 'Trips by day in January 2015' });
    const isWider = await region.evaluate((element: { scrollWidth: number; clientWidth: number }) => element.scrollWidth > element.clientWidth);
    expect(isWider).toBe(true);
  });

  pageTest('fits a phone when the server has a long word to say', async () => {
    const message = `no function named ${'x'.repeat(200)}`;
    const { page } = await open({
      answering: (question, socket) => socket.send(JSON.stringify({ type: 'error', id: question.id, code: 'internal', message, retryable: false })),
      context: { viewport: { width: 320, height: 640 } },
    });
    await askForMonth(page, '2015-01');
    await page.getByRole('alert').getByText(message).waitFor();
    expect(await pixelsTooWide(page)).toBe(0);
  });

  pageTest('redraws the chart when the window becomes narrower', async () => {
    const { page } = await open({ answering: answeringWith(JANUARY), search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    await page.setViewportSize({ width: 320, height: 640 });
    const rightOf = async (selector: string) => page.evaluate<number>(`document.querySelector('${selector}').getBoundingClientRect().right`);
    await eventually(async () => {
      expect(await rightOf('#month-drawing')).toBeLessThanOrEqual(320);
      expect(await rightOf('#month-drawing rect.bar:last-of-type')).toBeLessThanOrEqual(await rightOf('#month-drawing'));
    });
    expect(await pixelsTooWide(page)).toBe(0);
  });

  pageTest.each(['light', 'dark'] as const)('is readable in the %s scheme', async (colorScheme) => {
    const { page } = await open({
      answering: answeringMonthsAndDays,
      search: '?month=2015-01&day=2015-01-12',
      config: { notice: 'These trips are generated from a seed.' },
      context: { colorScheme },
    });
    await answerShown(page, 'January 2015');
    await hoursShown(page, 'Monday 12 January 2015');
    const found = await contrasts(page);
    expect(found.length).toBeGreaterThan(200);
    expect(found.filter(({ contrast }) => contrast < READABLE)).toEqual([]);
    const paper = await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const [red] = (paper.match(/\d+/g) ?? []).map(Number);
    expect(red > 127 ? 'light' : 'dark').toBe(colorScheme);
  });

  pageTest('does not move for those who asked for less motion', async () => {
    const { page } = await open({ search: '?month=2015-01', context: { reducedMotion: 'reduce' } });
    await page.getByRole('status').getByText('Asking for January 2015…').waitFor();
    await page.locator('#month-busy').waitFor();
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });

  pageTest('includes the notice, word for word', async () => {
    const notice = 'These trips are generated; <i>none</i> of them took place.';
    const { page } = await open({ config: { notice } });
    await page.getByRole('note').waitFor();
    expect(await page.getByRole('note').textContent()).toBe(notice);
  });

  pageTest('includes no notice where there is none', async () => {
    const { page } = await open();
    await connectionShown(page, 'Connected');
    expect(await page.getByRole('note').count()).toBe(0);
  });
});

describe('the content security policy', () => {
  pageTest('keeps a script in the page from running', async () => {
    const { page, complaints } = await open({ provokes: /Content Security Policy/ });
    await connectionShown(page, 'Connected');
    const refused = page.waitForEvent('console', (message) => message.text().includes('Content Security Policy'));
    await page.evaluate("document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = 1' }))");
    await refused;
    expect(await page.title()).toBe('New York by taxi');
    expect(complaints).toHaveLength(1);
  });
});
