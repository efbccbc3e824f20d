/**
 * Incidents that were reported up to the instant looked at, as dots below the calls: those of
 * the last step, or all since the start. Fetched once a stretch; moving on is a filter.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { request } from '../api.js';
import { whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { CALLS } from './board_layers.js';
import { RANGES } from './time_travel.js';
import { useWatch } from './use_watch.js';

const SOURCE = 'time-incidents';
/** As many as the service gives at once. */
const MOST = 10_000;

/** @type {GeoJSON.FeatureCollection} */
const NOTHING = { type: 'FeatureCollection', features: [] };

/** @param {{travel: import('./time_travel.js').TimeTravel, view: import('./board_map.js').BoardMap, palette: import('../map/palette.js').Palette}} props */
export function TimeIncidents({ travel, view, palette }) {
  useWatch(travel, 0);
  const { at, start, step, mode, range } = travel.state;
  const on = at !== null && mode !== 'instant' && travel.where === 'past';
  const from = !on ? 0 : mode === 'cumulative' ? Math.min(start, at) : at - step;
  const oldest = Math.min(from, travel.now() - RANGES[range]);
  // To the minute: the stretch is asked for once, not each second.
  const stretch = on ? Math.floor(oldest / 60e3) * 60e3 : 0;
  const [data, setData] = useState(/** @type {{of: number, until: number, features: GeoJSON.Feature[], failed: boolean}} */ ({ of: 0, until: 0, features: [], failed: false }));
  const far = on && (data.of === 0 || stretch < data.of || (at ?? 0) > data.until);
  useEffect(() => {
    if (!far) return undefined;
    const abort = new AbortController();
    const until = travel.now();
    const query = new URLSearchParams({ from: new Date(stretch).toISOString(), until: new Date(until).toISOString(), limit: String(MOST) });
    request(`/api/incidents?${query}`, { signal: abort.signal }).then((/** @type {GeoJSON.FeatureCollection} */ page) => {
      const features = page.features.map((f) => ({ ...f, properties: { ms: Date.parse(f.properties?.at) } }));
      setData({ of: stretch, until, features, failed: false });
    }).catch(() => {
      if (!abort.signal.aborted) setData({ of: stretch, until, features: [], failed: true });
    });
    return () => abort.abort();
  }, [far, stretch]);
  const shown = on ? data.features.filter((f) => f.properties?.ms >= from && f.properties?.ms <= at) : [];
  useEffect(() => {
    const { map } = view;
    if (!map.getLayer(`${CALLS}-symbol`)) return;
    const source = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (map.getSource(SOURCE));
    if (!source && !on) return;
    if (!source) {
      map.addSource(SOURCE, { type: 'geojson', data: NOTHING });
      map.addLayer({ id: SOURCE, type: 'circle', source: SOURCE, paint: { 'circle-radius': 4, 'circle-color': palette.ink, 'circle-opacity': 0.7, 'circle-stroke-color': palette.paper, 'circle-stroke-width': 1.2 } }, `${CALLS}-symbol`);
    }
    map.setPaintProperty(SOURCE, 'circle-color', palette.ink);
    map.setPaintProperty(SOURCE, 'circle-stroke-color', palette.paper);
    /** @type {import('maplibre-gl').GeoJSONSource} */ (map.getSource(SOURCE)).setData({ type: 'FeatureCollection', features: shown });
  }, [view, palette, on, shown.length, from, at]);
  if (!on) return null;
  return html`<p class="time-count">${data.failed ? t('time_incidents_failed') : t('time_incidents_n', { n: whole(shown.length) })}</p>`;
}
