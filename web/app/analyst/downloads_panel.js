/**
 * Everything that is selected, as a file: incidents and hot spots with the filter, hexagons of
 * the risk surface and of frozen forecasts as they are.
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';
import { whole } from '../format.js';
import { t, nameOf, word } from '../i18n/speak.js';
import { queryOf } from './filter.js';

const LAYERS = /** @type {const} */ (['incidents', 'hot_spots', 'risk', 'forecast_cells']);
/** Endings, and what the formats are called; GPX holds no areas and no incidents. */
const FORMATS = [['csv', 'CSV'], ['xlsx', 'Excel'], ['geojson', 'GeoJSON'], ['geojsons', 'GeoJSON text sequence'], ['gpkg', 'GeoPackage'], ['shp.zip', 'Shapefile'], ['fgb', 'FlatGeobuf'], ['parquet', 'GeoParquet'], ['kml', 'KML'], ['kmz', 'KMZ'], ['gpx', 'GPX']];
const FRAMES = /** @type {const} */ (['wgs84', 'gcj02', 'bd09']);

/**
 * @param {object} props
 * @param {import('./filter.js').Filter} props.filter
 * @param {import('./api.js').Profile} props.profile
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('../state.js').Lang} props.lang
 */
export function DownloadsPanel({ filter, profile, workspace, lang }) {
  const [layer, setLayer] = useState(/** @type {typeof LAYERS[number]} */ ('incidents'));
  const [frame, setFrame] = useState('wgs84');
  const [headers, setHeaders] = useState(false);
  const [shift, setShift] = useState(workspace.shifts.find((one) => one.id === 'night')?.id ?? workspace.shifts[0]?.id ?? '');
  const [date, setDate] = useState(workspace.today);
  const [model, setModel] = useState('best');
  const filtered = layer === 'incidents' || layer === 'hot_spots';
  const query = filtered ? queryOf(filter) : new URLSearchParams();
  if (layer === 'risk') {
    if (shift) query.set('window', `${shift}@${date}`);
    query.set('model', model);
  }
  if (frame !== 'wgs84') query.set('frame', frame);
  if (headers) {
    query.set('lang', lang);
    // Excel takes text without the mark for another encoding.
    query.set('bom', '1');
  }
  const address = (/** @type {string} */ ending) => `/api/export/${layer}.${ending}${query.size ? `?${query}` : ''}`;
  const command = `curl -OJ '${location.origin}${address('csv')}'`;
  return html`<div class="sheet downloads">
    <div class="segments questions" role="radiogroup" aria-label=${t('layers')}>${LAYERS.map((one) => html`<label key=${one} class="segment"><input type="radio" name="a-layer" value=${one} checked=${layer === one} onChange=${() => setLayer(one)} /><span>${word('a_layer', one)}</span></label>`)}</div>
    <p class="headline">${layer === 'incidents' ? t('a_download_n', { n: whole(profile.number_matched) }) : word('a_layer_hint', layer)}</p>
    ${layer === 'risk' && html`<div class="times-row">
      <label>${t('shift')} <select value=${shift} onChange=${(/** @type {Event} */ e) => setShift(/** @type {HTMLSelectElement} */ (e.target).value)}>${workspace.shifts.map((one) => html`<option key=${one.id} value=${one.id}>${nameOf(one)}</option>`)}</select></label>
      <label>${t('date')} <input type="date" value=${date} onChange=${(/** @type {Event} */ e) => { const text = /** @type {HTMLInputElement} */ (e.target).value; if (text) setDate(text); }} /></label>
      <label>${t('model')} <select value=${model} onChange=${(/** @type {Event} */ e) => setModel(/** @type {HTMLSelectElement} */ (e.target).value)}>${['best', ...workspace.models.filter((one) => one !== 'best')].map((one) => html`<option key=${one} value=${one}>${word('model', one)}</option>`)}</select></label></div>`}
    <div class="times-row"><label>${t('a_frame')} <select value=${frame} onChange=${(/** @type {Event} */ e) => setFrame(/** @type {HTMLSelectElement} */ (e.target).value)}>${FRAMES.map((one) => html`<option key=${one} value=${one}>${word('a_frame', one)}</option>`)}</select></label>
      <label class="check"><input type="checkbox" checked=${headers} onChange=${() => setHeaders(!headers)} /><span>${t('a_headers')}</span></label></div>
    <ul class="formats">${FORMATS.filter(([ending]) => ending !== 'gpx' || layer === 'incidents').map(([ending, name]) => html`<li key=${ending}><a class="button" href=${address(ending)} download>${name}</a></li>`)}</ul>
    <p class="hint">${t('a_command')}</p><p><code>${command}</code></p>
  </div>`;
}
