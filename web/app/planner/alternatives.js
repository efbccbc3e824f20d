/**
 * Three drafts of even work beside the one in hand: each with its figures, looked at on the
 * map, and taken over by a button, as one edit that can be undone. Work is there at once;
 * responses are simulated one after the other.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { percent, whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { Failed } from '../ui/states.js';
import * as service from './api.js';
import { applied } from './draft.js';

/**
 * @typedef {import('./api.js').Area} Area
 * @typedef {{seed: number, areas: Area[], checked: import('./api.js').Checked, report: import('./api.js').Report|null, isWhole?: boolean}} Alternative
 *   `isWhole`: whether nothing more is to come, with a response or without
 */

const AT_ONCE = 3;

/**
 * @param {object} props
 * @param {string} props.id of the draft
 * @param {Area[]} props.areas of the draft in hand
 * @param {string[]} props.locked
 * @param {boolean} props.busy
 * @param {Alternative|null} props.shown on the map
 * @param {(alternative: Alternative|null) => void} props.show
 * @param {(alternative: Alternative) => void} props.take
 */
export function Alternatives({ id, areas, locked, busy, shown, show, take }) {
  const [moved, setMoved] = useState(20);
  const [first, setFirst] = useState(1);
  const [found, setFound] = useState(/** @type {Alternative[]} */ ([]));
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const stop = useRef(new AbortController());
  /** Nothing of what was asked before is wanted any more. */
  const forget = () => {
    stop.current.abort();
    stop.current = new AbortController();
    setFound([]);
    setWorking(false);
    setProblem(null);
    show(null);
  };
  // They began with other areas: they are not alternatives to these.
  useEffect(() => forget, [areas, id]);

  const draft = async (/** @type {number} */ seed) => {
    forget();
    const { signal } = stop.current;
    setWorking(true);
    setFirst(seed + AT_ONCE);
    /** @type {Alternative[]} */
    let list = [];
    const put = (/** @type {Alternative} */ one) => {
      list = [...list.filter((other) => other.seed !== one.seed), one].sort((a, b) => a.seed - b.seed);
      if (!signal.aborted) setFound(list);
    };
    try {
      for (let n = seed; n < seed + AT_ONCE; n += 1) {
        const edited = await service.editScenario(id, areas, { kind: 'balance', locked, seed: n, moved: moved / 100 }, signal);
        const alternative = { seed: n, areas: applied(areas, edited), checked: edited.check, report: null };
        put({ ...alternative, report: await service.compareScenario(id, alternative.areas, false, signal) });
      }
      if (!signal.aborted) setWorking(false);
      for (const one of list) {
        // Without a response its other figures stand all the same.
        const report = await service.compareScenario(id, one.areas, true, signal).catch(() => one.report);
        put({ ...one, report, isWhole: true });
      }
    } catch (fault) {
      if (signal.aborted) return;
      setWorking(false);
      setProblem(fault);
    }
  };

  return html`<fieldset class="block labels"><legend>${t('balance_title')}</legend>
    <p class="hint">${t('balance_hint', { n: locked.length })}</p>
    <div class="field wide"><label for="balance-moved">${t('zones_moved')}</label><input id="balance-moved" type="range" min="1" max="60" value=${moved} aria-valuetext=${`${moved}%`} onInput=${(/** @type {Event} */ e) => setMoved(Number(/** @type {HTMLInputElement} */ (e.target).value))} /><output for="balance-moved">${moved}%</output></div>
    <div class="buttons"><button type="button" disabled=${busy || working} onClick=${() => draft(found.length ? first : 1)}>${t(found.length ? 'balance_others' : 'balance_draft')}</button>
      ${(found.length > 0 || working) && html`<button type="button" class="quiet" onClick=${forget}>${t('balance_forget')}</button>`}</div>
    ${problem !== null && html`<${Failed} title=${t('balance_failed')} problem=${problem} />`}
    ${working && html`<p class="hint" role="status">${t('balance_working', { n: found.length + 1, of: AT_ONCE })}</p>`}
    ${found.length > 0 && html`<table class="figures alternatives"><caption class="sr-only">${t('balance_title')}</caption>
      <thead><tr><th scope="col">${t('balance_look')}</th><th scope="col" class="num">${t('balance_cut')}</th><th scope="col" class="num">${t('balance_moved')}</th><th scope="col" class="num">${t('beside_response')}</th><th scope="col" class="num">${t('beside_within', { m: 5 })}</th><td></td></tr></thead>
      <tbody>${found.map((one, i) => html`<${Row} key=${one.seed} one=${one} number=${i + 1} isShown=${shown?.seed === one.seed} show=${show} busy=${busy} take=${take} />`)}</tbody></table>
      <p class="hint">${t('balance_beside')}</p>`}
  </fieldset>`;
}

/**
 * @param {{one: Alternative, number: number, isShown: boolean, show: (one: Alternative|null) => void, busy: boolean, take: (one: Alternative) => void}} props
 */
function Row({ one, number, isShown, show, busy, take }) {
  const name = t('balance_go', { n: number });
  const looking = t('balance_look_at', { name });
  const { change = null, response = null } = one.report ?? {};
  const cut = change?.imbalance_cut;
  return html`<tr aria-current=${isShown ? 'true' : undefined}>
    <th scope="row"><button type="button" class="small" aria-pressed=${isShown} aria-label=${looking} title=${looking} onClick=${() => show(isShown ? null : one)}>${number}</button></th>
    <td class="num">${cut == null ? '–' : `${cut >= 0 ? '−' : '+'}${percent(Math.abs(cut))}`}</td>
    <td class="num">${change ? percent(change.moved_share) : '–'}</td>
    <td class="num">${response ? whole(Math.round(response.after.mean_s.mean)) : one.isWhole ? '–' : '…'}</td>
    <td class="num">${response ? percent(response.after.within[2]?.mean ?? 0) : one.isWhole ? '–' : '…'}</td>
    <td class="num"><button type="button" class="small" disabled=${busy} aria-label=${`${t('balance_take')}: ${name}`} onClick=${() => take(one)}>${t('balance_take')}</button></td></tr>`;
}
