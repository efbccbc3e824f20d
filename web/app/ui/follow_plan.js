/**
 * The plan as the one in force: followed by its units from now on, or taken back; and the
 * links that open it on their phones.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { request, sending } from '../api.js';
import { t } from '../i18n/speak.js';
import { inWords } from './states.js';
import { showUnitLinks } from './unit_links.js';

/** @typedef {'unknown'|'no'|'asking'|'yes'|'failed'} Stand */

/** @param {{plan: import('../api.js').Plan}} props */
export function FollowPlan({ plan }) {
  const [stand, setStand] = useState(/** @type {Stand} */ ('unknown'));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const units = plan.routes.map((route) => ({ id: route.unit, name: route.call_sign }));
  const first = units[0]?.id;
  useEffect(() => {
    if (!first) return undefined;
    const abort = new AbortController();
    // Only which plan is in force: where that can't be known, following is still offered.
    request(`/api/units/${encodeURIComponent(first)}/round`, { signal: abort.signal })
      .then((round) => setStand(round.plan === plan.id ? 'yes' : 'no'), () => abort.signal.aborted || setStand('no'));
    return () => abort.abort();
  }, [plan.id]);
  if (!units.length) return null;
  /** @param {'follow'|'unfollow'} kind */
  const ask = async (kind) => {
    setStand('asking');
    setProblem(null);
    try {
      await request('/api/board/commands', sending({ kind, plan: plan.id }, AbortSignal.timeout(10e3)));
      setStand(kind === 'follow' ? 'yes' : 'no');
    } catch (fault) {
      setProblem(fault);
      setStand(kind === 'follow' ? 'no' : 'yes');
    }
  };
  return html`<section class="block follow" aria-label=${t('follow_title')}>
    ${stand !== 'yes' && html`<button type="button" class="main" disabled=${stand === 'asking' || stand === 'unknown'} onClick=${() => ask('follow')}>${t('follow_do')}</button>`}
    <div role="status">${stand === 'yes' && html`<p><b><span aria-hidden="true">✓</span> ${t('follow_now', { n: units.length })}</b></p>`}</div>
    ${problem !== null && html`<p class="failed" role="alert"><strong>${t('follow_failed')}</strong> ${inWords(problem)}</p>`}
    <div class="buttons">${stand === 'yes' && html`<button type="button" class="quiet" onClick=${() => ask('unfollow')}>${t('follow_undo')}</button>`}
      <button type="button" onClick=${() => showUnitLinks(units)}>${t('links_button_n', { n: units.length })}</button>
      ${stand === 'yes' && html`<a class="button quiet" href="/dispatch">${t('d_desk_link')}</a>`}</div>
  </section>`;
}
