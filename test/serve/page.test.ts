import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/process/ports.ts';
import { groupId, member, record, recordId, shares, userId } from '../index/contract/setup.ts';
import { startOpenIdProvider } from './openid-provider.ts';
import { newIndex, startServer, type TestServer } from './setup.ts';

/**
 * The search page in a real browser. Without Chromium these tests are skipped: install it (Debian: `apt-get install
 * chromium`), or name it by CHROMIUM. With SCREENSHOTS=<folder> they leave pictures there.
 */

const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
const IMG = '<img src=x onerror="document.title=\'broken\'">';
const LEADS = 40;

describe.skipIf(CHROMIUM === undefined)('the search page', () => {
  let folder: string;
  let index: string;
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    const made = await newIndex();
    ({ folder, path: index } = made);
    const { world } = made;
    await world.members(member(1), member(2, [groupId(1)]), member(3, [groupId(2)]));
    const leads = Array.from({ length: LEADS }, (_, n) => n + 1);
    await world.write({
      records: [
        ...leads.map((n) =>
          record(
            'Lead',
            n,
            { Name: `Solar Roof ${n}`, Description: `They want a solar roof before winter, the ${n}th.` },
            { ownerId: userId(9) },
          ),
        ),
        record('Lead', 99, { Name: IMG }, { ownerId: userId(9) }),
        record('Account', 1, { Name: 'Solar Systems & Sons' }, { ownerId: userId(2) }),
        record(
          'Case',
          1,
          { CaseNumber: '00001001', Subject: 'Solar inverter hums' },
          { accountId: recordId('Account', 1), ownerId: userId(2) },
        ),
      ],
      shares: [
        ...leads.map((n) => shares('Lead', n, [groupId(1)])),
        shares('Lead', 99, [groupId(2)]),
        ...(['Account', 'Case'] as const).map((object) => shares(object, 1, [])),
      ],
    });
    await world.endBackfill();
    await world.store.close();
    const people = [
      { name: 'Ada', title: 'sees much', user: `id:${userId(2)}` },
      { name: 'Bob', title: 'sees little', user: `id:${userId(3)}` },
    ];
    server = await startServer(index, { isOpen: true, people, requestsPerMinute: 100_000 });
    const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', `--crash-dumps-dir=${profile}`],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the page. Fails if it loads anything from elsewhere, or reports an error. */
  async function opened(
    work: (page: Page) => Promise<void>,
    options: Parameters<Browser['newPage']>[0] = {},
    fragment = '',
  ): Promise<void> {
    const page = await browser.newPage(options);
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') wrong.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) wrong.push(request.url());
    });
    await page.goto(`${server.url}/${fragment}`);
    await page.getByRole('status').filter({ hasText: 'found' }).waitFor();
    await work(page);
    expect(wrong).toEqual([]);
    await page.close();
  }

  const titles = (page: Page) => page.locator('h3').allTextContents();
  /** Waits until the page shows what was asked last. */
  const shown = async (page: Page, status: string | RegExp) => {
    await page.locator('#results[aria-busy="false"]').waitFor({ state: 'attached' });
    await page.getByRole('status').filter({ hasText: status }).waitFor();
  };
  const typed = async (page: Page, words: string, status: string | RegExp) => {
    await page.getByRole('searchbox').fill(words);
    if (words.length > 2) await page.waitForURL((url) => url.hash.includes(`q=${words}`));
    await shown(page, status);
  };

  it('finds as the person types, from the third letter, by object, with the match marked', async () => {
    await opened(async (page) => {
      await typed(page, 'so', 'Type at least three letters');
      expect(await titles(page)).toEqual([]);
      await typed(page, 'sol', '42 records found');
      const groups = await page.getByRole('heading', { level: 2 }).allTextContents();
      expect(groups).toEqual(['Accounts (1)', 'Cases (1)', 'Leads (40)']);
      expect(await page.locator('mark').first().textContent()).toMatch(/^sol/i);
      const link = page.getByRole('link', { name: 'Solar inverter hums' });
      expect(await link.getAttribute('href')).toMatch(/\/lightning\/r\/Case\/.*\/view$/);
      expect(await page.getByRole('button', { name: 'Solar Systems & Sons', exact: true }).isVisible()).toBe(true);
    });
  });

  it('reads further pages while the person scrolls', async () => {
    await opened(async (page) => {
      await typed(page, 'solar', '42 records found');
      await page.getByRole('button', { name: 'Show all leads' }).click();
      await page.getByRole('status').filter({ hasText: '40 records found' }).waitFor();
      await expect
        .poll(async () => {
          await page.mouse.wheel(0, 5_000);
          return (await titles(page)).length;
        })
        .toBe(LEADS);
      expect(new Set(await titles(page)).size).toBe(LEADS);
    });
  });

  it('searches as the chosen person, and shows nothing of another', async () => {
    await opened(async (page) => {
      await typed(page, 'solar', '42 records found');
      await page.getByLabel('Search as').selectOption('Bob, sees little');
      await page.getByRole('status').filter({ hasText: 'Nothing found' }).waitFor();
      expect(await titles(page)).toEqual([]);
    });
  });

  it('shows a record that is named like markup by its name', async () => {
    await opened(async (page) => {
      await page.getByLabel('Search as').selectOption('Bob, sees little');
      await typed(page, 'onerror', '1 record found');
      expect(await titles(page)).toEqual([IMG]);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.title()).toBe('Search Salesforce');
    });
  });

  it('filters by object, account and time, keeps all that in its address, and goes back', async () => {
    await opened(async (page) => {
      await typed(page, 'solar', '42 records found');
      await page.getByRole('button', { name: 'Solar Systems & Sons', exact: true }).click();
      await page.getByRole('status').filter({ hasText: '1 record found' }).waitFor();
      expect(await titles(page)).toEqual(['Solar inverter hums']);
      expect(new URL(page.url()).hash).toContain(`account=${recordId('Account', 1)}`);
      await page.goBack();
      await page.getByRole('status').filter({ hasText: '42 records found' }).waitFor();
      await page.locator('#modified').selectOption('last 7 days');
      await page.getByRole('status').filter({ hasText: 'Nothing found' }).waitFor();
    });
    await opened(
      async (page) => expect(await titles(page)).toEqual(['Solar Systems & Sons']),
      {},
      '#q=solar&type=Account',
    );
  });

  it('says why a person sees a record', async () => {
    await opened(async (page) => {
      await typed(page, 'inverter', '1 record found');
      await page.getByRole('button', { name: 'Why do I see this? Solar inverter hums' }).click();
      await page.locator('.why li').first().waitFor();
      expect(await page.locator('.why').textContent()).toContain('According to the index, you have no access');
    });
  });

  it('works by keyboard alone', async () => {
    await opened(async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('solar');
      await page.waitForURL((url) => url.hash.includes('q=solar'));
      await shown(page, '42 records found');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Solar inverter hums');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      expect(await page.evaluate('document.activeElement.id')).toBe('words');
    });
  });

  it.each([
    ['small', { viewport: { width: 360, height: 700 }, colorScheme: 'light' }],
    ['medium', { viewport: { width: 800, height: 900 }, colorScheme: 'dark' }],
    ['large', { viewport: { width: 1_280, height: 900 }, colorScheme: 'light' }],
    ['large, dark', { viewport: { width: 1_280, height: 900 }, colorScheme: 'dark' }],
  ] as const)('has no fault that axe finds, and fits: %s', async (name, options) => {
    await opened(async (page) => {
      await typed(page, 'solar', '42 records found');
      await page.getByRole('button', { name: 'Why do I see this? Solar inverter hums' }).click();
      await page.locator('.why li').first().waitFor();
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate('axe.run()')) as {
        violations: { id: string; nodes: { html: string }[] }[];
      };
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      const { SCREENSHOTS } = process.env;
      if (SCREENSHOTS !== undefined)
        await page.screenshot({ path: join(SCREENSHOTS, `${name.replace(', ', '-')}.png`) });
    }, options);
  });

  it('lets an employee log in, search, and log out', async () => {
    const port = await freePort();
    const own = `http://127.0.0.1:${port}`;
    const provider = await startOpenIdProvider({ own, as: 'id' });
    const closed = await startServer(index, { port, url: own, login: provider.settings });
    const page = await browser.newPage();
    await page.goto(`${own}/#q=solar`);
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.locator('input[name=login]').fill(userId(2));
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.locator('button[type=submit]').click();
    await page.waitForURL(`${own}/#q=solar`);
    await shown(page, '42 records found');
    expect(await page.locator('#account').textContent()).toContain(userId(2));
    await page.context().clearCookies();
    await page.getByRole('searchbox').fill('inverter');
    await page.getByRole('button', { name: 'Log in again' }).click();
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.locator('input[name=login]').fill(userId(2));
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.locator('button[type=submit]').click();
    await shown(page, '1 record found');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    expect(await titles(page)).toEqual([]);
    await page.close();
    await closed.stop();
    provider.stop();
  });
});
