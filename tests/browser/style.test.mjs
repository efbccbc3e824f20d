// The map as a style, for whoever draws maps: valid by the style's own specification, and
// drawn by MapLibre from the service's tiles alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { startService } from './service.mjs';
import { launch, visitor } from './visitor.mjs';

/** @type {Awaited<ReturnType<typeof startService>>} */
let service;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  service = await startService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

test('the style is valid by its specification', async () => {
  const answer = await fetch(`${service.url}/ogc/styles/map`);
  assert.equal(answer.status, 200);
  const style = await answer.json();
  assert.deepEqual(validateStyleMin(style).map((fault) => fault.message), []);
  // What is wrong is found: the judge judges.
  style.layers[1].paint['fill-color'] = 7;
  assert.notEqual(validateStyleMin(style).length, 0);
});

test('MapLibre opens it and draws streets, beats and stations', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await page.goto(`${service.url}/ogc/tiles?f=html`);
  // Where it looks is the style's to say: a zoom given here would take its centre away.
  const drawn = await page.evaluate(async (url) => {
    const maplibre = await import(`${url}/assets/vendor/maplibre/maplibre-gl.mjs`);
    const ground = document.body.appendChild(document.createElement('div'));
    ground.style.cssText = 'width:800px;height:600px';
    const map = new (maplibre.Map ?? maplibre.default.Map)({ container: ground, style: `${url}/ogc/styles/map` });
    await new Promise((resolve, reject) => {
      map.once('idle', resolve);
      map.on('error', (event) => reject(event.error));
    });
    return map.queryRenderedFeatures().map((feature) => feature.sourceLayer);
  }, service.url);
  for (const layer of ['street', 'beats', 'incidents']) assert.ok(drawn.includes(layer), `${layer} of ${[...new Set(drawn)]}`);
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});
