/**
 * The fourth part: what is selected, and below it what the desk has answered lately.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { clock } from '../format.js';
import { t } from '../i18n/speak.js';
import { Empty } from '../ui/states.js';
import { CallDetail } from './call_detail.js';
import { useClock, useWatch } from './use_watch.js';
import { PillarDetail, UnitDetail } from './unit_detail.js';

/** Answers shown. */
const SHOWN = 6;

/** @param {{board: import('./board.js').Board, desk: import('./console.js').Console, lang: 'zh'|'en'}} props */
export function DetailPanel({ board, desk, lang }) {
  useWatch(board);
  useWatch(desk, 0);
  useClock();
  const { selection, said } = desk.state;
  const found = /** @type {any} */ (desk.selected());
  const key = selection ? `${selection.kind}-${selection.id}` : '';
  return html`<section class="part detail-part" aria-label=${t('d_detail')} tabindex="0">
    ${!selection && html`<h2>${t('d_detail')}</h2><${Empty} text=${t('d_nothing_selected')} />`}
    ${selection && !found && html`<${Empty} text=${t('d_gone')} />`}
    ${found && selection?.kind === 'call' && html`<${CallDetail} key=${key} call=${found} board=${board} desk=${desk} lang=${lang} />`}
    ${found && selection?.kind === 'unit' && html`<${UnitDetail} key=${key} unit=${found} board=${board} desk=${desk} lang=${lang} />`}
    ${found && selection?.kind === 'pillar' && html`<${PillarDetail} key=${key} pillar=${found} board=${board} desk=${desk} />`}
    <${Unsent} desk=${desk} />
    ${said.length > 0 && html`<section class="said"><h3>${t('d_log')}</h3><ol>${said.slice(0, SHOWN).map((it) => html`<li key=${`${it.at}${it.text}`} class=${it.tone}><time>${clock(new Date(it.at))}</time> ${it.text}</li>`)}</ol></section>`}
  </section>`;
}

/** What waits for the connection, in its order. @param {{desk: import('./console.js').Console}} props */
function Unsent({ desk }) {
  const waiting = desk.queue.actions.filter((action) => action.tried);
  if (!waiting.length) return null;
  return html`<section class="unsent"><h3>${t('d_unsent_n', { n: waiting.length })}</h3><ol>${waiting.map((action) => html`<li key=${action.key}>${action.text} <span class="tag warn">${t('d_not_sent')}</span>
    <button type="button" class="small quiet" onClick=${() => desk.queue.drop(action)}>${t('d_drop')}</button></li>`)}</ol></section>`;
}
