/**
 * Keeps the responder's page for when there is no network: the page and all it names, one
 * whole set of the same moment at a time. Answers of the service are never kept here: the
 * page keeps its own sheet, which belongs to a link.
 */
const worker = /** @type {any} */ (self);
const PAGE = '/unit';
const KEPT = 'frontbeat-unit-1';
const WAIT_MS = 15e3;

/** Everything the page names, itself included. @param {string} page its text @returns {string[]} */
const namedBy = (page) => [...new Set([...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, url]) => url))];

/** @param {string} url */
async function fresh(url) {
  const answer = await fetch(url, { cache: 'no-cache', signal: AbortSignal.timeout(WAIT_MS) });
  if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

/** Takes the whole set anew; half a set is none. */
async function takeAnew() {
  const page = await fresh(PAGE);
  const urls = namedBy(await page.clone().text());
  const answers = await Promise.all(urls.map(fresh));
  const cache = await caches.open(KEPT);
  await Promise.all([cache.put(PAGE, page), ...urls.map((url, i) => cache.put(url, answers[i]))]);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname !== PAGE && !urls.includes(pathname)) await cache.delete(url);
  }
}

worker.addEventListener('install', (/** @type {any} */ event) => {
  worker.skipWaiting();
  event.waitUntil(takeAnew());
});

worker.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('frontbeat-unit-') && name !== KEPT) await caches.delete(name);
    await worker.clients.claim();
  })());
});

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (pathname === PAGE) {
    // What is kept opens at once, on any net; a newer set is taken for the next time.
    event.respondWith(caches.open(KEPT).then(async (cache) => (await cache.match(PAGE)) ?? fetch(request)));
    event.waitUntil(takeAnew().catch(() => {}));
  } else if (pathname.startsWith('/assets/')) {
    event.respondWith(caches.open(KEPT).then(async (cache) => (await cache.match(pathname)) ?? fetch(request)));
  }
});
