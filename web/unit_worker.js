/**
 * Keeps the responder's page for when there is no network: the page and all it names, one
 * whole set of the same moment at a time. Answers of the service are never kept here: the
 * page keeps its own sheet, which belongs to a link.
 */
const worker = /** @type {any} */ (self);
const PAGE = '/unit';
/** A set's cache: this and when it was taken. Its page is put in last: a set without one is not whole. */
const SET = 'frontbeat-unit-';
const WAIT_MS = 15e3;

/** Everything the page names, itself included. @param {string} page its text @returns {string[]} */
const namedBy = (page) => [...new Set([...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, url]) => url))];

/** @param {string} url */
async function fresh(url) {
  const answer = await fetch(url, { cache: 'no-cache', signal: AbortSignal.timeout(WAIT_MS) });
  if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

/** The set that was served with the last page: what that page asks for is of the same. @type {string|null} */
let serving = null;

/** Whole sets, the newest first. @returns {Promise<string[]>} */
async function sets() {
  const names = (await caches.keys()).filter((name) => name.startsWith(SET)).sort().reverse();
  const whole = await Promise.all(names.map(async (name) => Boolean(await (await caches.open(name)).match(PAGE))));
  return names.filter((_, i) => whole[i]);
}

/** Takes the whole set anew, beside the one that is served; half a set is none. */
async function takeAnew() {
  const page = await fresh(PAGE);
  const urls = namedBy(await page.clone().text());
  const answers = await Promise.all(urls.map(fresh));
  const cache = await caches.open(`${SET}${Date.now()}`);
  await Promise.all(urls.map((url, i) => cache.put(url, answers[i])));
  await cache.put(PAGE, page);
}

/** The page of the newest set, which is served from now on; older sets go. */
async function keptPage() {
  const [newest] = await sets();
  if (!newest) return undefined;
  serving = newest;
  for (const name of await caches.keys()) if (name.startsWith(SET) && name < newest) await caches.delete(name);
  return (await caches.open(newest)).match(PAGE);
}

/** @param {string} pathname */
async function keptAsset(pathname) {
  serving ??= (await sets())[0] ?? null;
  return serving ? (await caches.open(serving)).match(pathname) : undefined;
}

worker.addEventListener('install', (/** @type {any} */ event) => {
  worker.skipWaiting();
  event.waitUntil(takeAnew());
});

worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (pathname === PAGE) {
    // What is kept opens at once, on any net; a newer set is taken for the next time.
    event.respondWith(keptPage().then((page) => page ?? fetch(request)));
    event.waitUntil(takeAnew().catch(() => {}));
  } else if (pathname.startsWith('/assets/')) {
    event.respondWith(keptAsset(pathname).then((asset) => asset ?? fetch(request)));
  }
});
