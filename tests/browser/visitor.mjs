// A browser with a person's eyes: it notes console errors, failed requests and every
// request that leaves the origin, and can ask axe what a screen reader user would meet.
import { AxeBuilder } from '@axe-core/playwright';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';

const artefacts = path.resolve(import.meta.dirname, 'artefacts');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS });

/** Every finding of axe by the rules of WCAG 2.0 to 2.2, A and AA. @param {import('playwright-core').Page} page */
export async function findings(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']).analyze();
  return violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 140)} ${n.failureSummary?.slice(0, 200)}`).join(' | ')}`);
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url of the service
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function visitor(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => {
    // The software renderer of a test machine remarks on its own speed; nothing else may warn.
    if (['error', 'warning'].includes(message.type()) && !message.text().includes('GL Driver Message')) complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.stack ?? error}`));
  page.on('requestfailed', (request) => {
    // A request given up because a newer one replaced it is how the page is meant to work.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  context.on('request', (request) => {
    const to = new URL(request.url());
    if (!['data:', 'blob:'].includes(to.protocol) && to.origin !== new URL(url).origin) complaints.push(`left the origin: ${request.url()}`);
  });

  return {
    page,
    complaints,
    close: () => context.close(),
    /** Opens the page and waits for the heatmap; milliseconds until it was painted. */
    async open(query = '') {
      await page.goto(`${url}/${query}`);
      await page.waitForFunction(() => performance.getEntriesByName('heatmap-painted').length > 0, null, { timeout: 30_000 });
      return page.evaluate(() => performance.getEntriesByName('heatmap-painted')[0].startTime);
    },
    /** Waits until the surface asked for is the one in the legend and on the map. */
    async settled() {
      // What was just done shows as busy a moment later.
      await page.waitForTimeout(250);
      await page.waitForFunction(() => !document.querySelector('.legend .busy, .legend .loading'), null, { timeout: 30_000 });
      await page.waitForTimeout(600);
    },
    /** Serious and critical findings of axe, one line each. */
    async barriers() {
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
      return violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`);
    },
    /** @param {string} name */
    async picture(name) {
      await mkdir(artefacts, { recursive: true });
      await page.screenshot({ path: path.join(artefacts, `${name}.png`) });
    },
  };
}
