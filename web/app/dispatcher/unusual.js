/**
 * More than usual right now: where, how much more, how rare; and how often this is said in
 * vain. A ring on the map shows the place.
 * @module
 */
import { html, useEffect } from '../../vendor/htm-preact/standalone.module.js';
import { number, whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { circle } from '../map/flat.js';

const SOURCE = 'unusual';

/** @typedef {import('../api.js').Cluster} Cluster */

/**
 * @param {{unusual: import('../api.js').Unusual|null, view: import('../map/view.js').MapView, desk: import('./console.js').Console, palette: import('../map/palette.js').Palette}} props
 */
export function Unusual({ unusual, view, desk, palette }) {
  const clusters = unusual?.clusters ?? [];
  useEffect(() => draw(view.map, clusters, palette), [view, JSON.stringify(clusters), palette]);
  // The desk looks at another time: what is unusual now is not what was.
  useEffect(() => () => draw(view.map, [], palette), [view]);
  if (!unusual) return html`<p class="hint">${t('d_unusual_unknown')}</p>`;
  return html`<div class="unusual">
    <div role="status">${clusters.map((cluster) => html`<p key=${key(cluster)} class="cluster">
      <span aria-hidden="true">◎</span> ${t(cluster.centre ? 'd_unusual_here' : 'd_unusual_all', { n: whole(cluster.incidents), h: whole(cluster.hours), usual: number(cluster.usual, 1), beat: cluster.beat?.name ?? '', r: whole(cluster.radius_m ?? 0) })}
      <span class="hint">${t(cluster.or_rarer ? 'd_unusual_rarer' : 'd_unusual_once', { days: whole(Math.round(cluster.once_in_days)) })}</span>
      ${cluster.centre && html` <button type="button" class="small quiet" onClick=${() => cluster.centre && desk.camera.go(cluster.centre)}>${t('d_show')}</button>`}
    </p>`)}</div>
    <p class="hint">${clusters.length ? '' : `${t('d_unusual_none')} `}${t('d_unusual_rate', { days: whole(Math.round(unusual.false_alarm_days)), k: whole(unusual.own_weeks_ringing), n: whole(unusual.own_weeks) })}</p>
  </div>`;
}

/** @param {Cluster} cluster */
const key = (cluster) => `${cluster.centre ?? 'all'}/${cluster.radius_m}/${cluster.hours}`;

/**
 * Rings of the clusters. Drawn with the colour of warnings, dashed: nothing else is.
 * @param {import('maplibre-gl').Map} map @param {Cluster[]} clusters @param {import('../map/palette.js').Palette} palette
 */
function draw(map, clusters, palette) {
  const data = /** @type {GeoJSON.FeatureCollection} */ ({ type: 'FeatureCollection', features: clusters.flatMap((one) => (one.centre && one.radius_m ? [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: circle(one.centre, one.radius_m) } }] : [])) });
  const source = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (map.getSource(SOURCE));
  if (source) {
    source.setData(data);
    map.setPaintProperty(SOURCE, 'line-color', palette.ink);
    return;
  }
  if (!data.features.length) return;
  map.addSource(SOURCE, { type: 'geojson', data });
  map.addLayer({ id: SOURCE, type: 'line', source: SOURCE, paint: { 'line-color': palette.ink, 'line-width': 2.5, 'line-dasharray': [3, 2] } });
}
