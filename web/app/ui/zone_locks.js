/**
 * Beats that keep their ground in a draft, as a list with boxes; a beat picked on the map
 * has the same as a button.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { t } from '../i18n/speak.js';
import { change } from '../state.js';
import { titleOf } from './feature_text.js';
import { Failed, Loading } from './states.js';

/** @param {import('../state.js').State} state @param {string} id @param {boolean} on */
export const lock = (state, id, on) => change({ zones: { ...state.zones, locked: on ? [...state.zones.locked, id] : state.zones.locked.filter((one) => one !== id) } });

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('./use_layers.js').LayerJobs} props.layers
 */
export function BeatLocks({ state, layers }) {
  const [open, setOpen] = useState(false);
  const { locked } = state.zones;
  useEffect(() => {
    if (open || locked.length) layers.want('beats');
  }, [open, locked.length]);
  const job = layers.jobs.beats;
  const beats = job?.data?.features.map((f) => ({ id: String(f.properties?.id ?? f.id), name: titleOf(f.properties ?? {}) })) ?? [];
  return html`<details class="block" onToggle=${(/** @type {Event} */ e) => setOpen(/** @type {HTMLDetailsElement} */ (e.target).open)}>
    <summary>${t('zones_locked')}<span class="aside">${locked.length ? t('zones_locked_n', { n: locked.length }) : t('zones_locked_none')}</span></summary>
    <p class="hint">${t('zones_locked_hint')}</p>
    ${job?.status === 'failed' && html`<${Failed} title=${t('layer_failed', { layer: t('kind_beats') })} problem=${job.problem} retry=${() => layers.retry('beats')} />`}
    ${open && !job?.data && job?.status !== 'failed' && html`<${Loading} />`}
    ${locked.length > 0 && html`<button type="button" onClick=${() => change({ zones: { ...state.zones, locked: [] } })}>${t('zones_unlock_all')}</button>`}
    <ul class="tree short">${beats.map((beat) => html`<li key=${beat.id}><label class="check"><input type="checkbox" checked=${locked.includes(beat.id)} onChange=${(/** @type {Event} */ e) => lock(state, beat.id, /** @type {HTMLInputElement} */ (e.target).checked)} /><span>${beat.name}</span></label></li>`)}</ul>
  </details>`;
}
