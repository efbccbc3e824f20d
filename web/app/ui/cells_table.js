/**
 * The heatmap as numbers: the hottest cells, the same figures as the map and the export.
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchCells } from '../api.js';
import { number, span, whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { PALETTES } from '../map/palette.js';
import { pictureOf } from '../state.js';
import { useRequest } from './use_request.js';
import { Empty, Failed, Loading } from './states.js';

/**
 * @param {object} props
 * @param {import('../api.js').Risk|null} props.risk
 * @param {import('../state.js').State} props.state
 * @param {import('../map/palette.js').Look} props.look
 * @param {(selection: import('../state.js').Selection) => void} props.pick
 */
export function CellsTable({ risk, state, look, pick }) {
  const [limit, setLimit] = useState(50);
  const job = useRequest((signal) => (risk ? fetchCells(risk, limit, signal) : Promise.resolve({ cells: [] })), `${risk?.id} ${limit}`);
  if (!risk) return html`<div class="controls"><${Empty} text=${t('cells_none')} /></div>`;
  if (job.status === 'failed') return html`<div class="controls"><${Failed} title=${t('risk_failed')} problem=${job.problem} retry=${job.retry} /></div>`;
  if (!job.answer) return html`<div class="controls"><${Loading} /></div>`;
  const { cells } = job.answer;
  const ramp = PALETTES[look].ramp;
  return html`<div class="controls">
    <p class="hint">${t('cells_title')} · ${span(risk.window)}</p>
    <table class="cells"><caption class="sr-only">${t('cells_caption', { n: cells.length })}</caption>
      <thead><tr><th scope="col" class="num">${t('col_rank')}</th><th scope="col">${t('col_where')}</th><th scope="col" class="num">${t('col_expected')}</th><th scope="col" class="num">${t('col_density')}</th><th scope="col" class="num">${t('col_class')}</th></tr></thead>
      <tbody>${cells.map((cell) => {
        const is = state.selection?.kind === 'cell' && state.selection.id === cell.cell;
        const go = () => pick({ kind: 'cell', id: cell.cell, at: cell.centre });
        return html`<tr key=${cell.cell} class="stop" aria-current=${is ? 'true' : undefined} onClick=${go}>
          <td class="num"><button type="button" class="number" aria-label=${`${t('col_cell')} ${cell.cell}, ${t('col_rank')} ${cell.rank}`} aria-pressed=${is} onClick=${(/** @type {Event} */ e) => { e.stopPropagation(); go(); }}>${cell.rank}</button></td>
          <td>${cell.beat?.name ?? t('no_beat')}</td>
          <td class="num">${number(cell.expected, 2)}</td><td class="num">${number(cell.per_km2)}</td>
          <td class="num">${cell.class > 0 && html`<i class="chip" style=${`background:${ramp[cell.class - 1]}`}></i>`}${cell.class}</td>
        </tr>`;
      })}</tbody></table>
    <div class="buttons">
      ${cells.length === limit && html`<button type="button" onClick=${() => setLimit(limit * 4)}>${t('cells_more')}</button>`}
      <a class="button" href=${risk.links.geojson} download=${`risk-${risk.id}.geojson`}>${t('download_cells')}</a>
      <a class="button" href=${pictureOf(state)} download="map.png">${t('map_picture')}</a>
    </div>
    <p class="hint">${t('cells_n', { n: whole(risk.cells), res: state.resolution })}</p>
  </div>`;
}
