/**
 * What is asked of a plan: what it is for and, folded away until wanted, weights, breaks,
 * pinned stops, places and ground to leave out, how often joint-duty posts are visited, and
 * what is asked of single units.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { number, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { change, current } from '../state.js';
import { NO_WISHES, PRESETS, SLIDERS, WEIGHTS, namedUnits, readWishes, wishCount, wishesText } from '../wishes.js';
import { titleOf } from './feature_text.js';
import { Breaks, Pins } from './plan_times.js';
import { KeptOut, Often, UnitWishes } from './plan_units.js';

/** @typedef {import('../wishes.js').Wishes} Wishes */

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement} */ (event.target).value;
/** @param {Event} event */
const checked = (event) => /** @type {HTMLInputElement} */ (event.target).checked;

/** The wishes of the state. @param {import('../state.js').State} state */
export const wishesOf = (state) => readWishes(state.wishes);

/** Ids and names of a layer's features, as far as it is loaded. @param {import('./use_layers.js').LayerJobs} layers @param {string} kind */
export const namesOf = (layers, kind) => (layers.jobs[kind]?.data?.features ?? []).map((f) => ({ id: String(f.properties?.id ?? f.id), name: titleOf(f.properties ?? {}) }));

/** The ground of an area; null where it is not loaded, or not there any more.
 * @param {import('./use_layers.js').LayerJobs} layers @param {string} kind @param {string} id @returns {GeoJSON.Geometry|null} */
export const shapeOf = (layers, kind, id) => layers.jobs[kind]?.data?.features.find((f) => String(f.properties?.id ?? f.id) === id)?.geometry ?? null;

/** @param {Wishes} wishes */
export const wish = (wishes) => change({ wishes: wishesText(wishes) });

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {{id: string, name: string}[]} props.units that can be planned
 * @param {{id: string, name: string}[]} props.posts the joint-duty posts
 * @param {import('./use_layers.js').LayerJobs} props.layers
 * @param {number} props.asked how many units the plan is for
 * @param {boolean} props.keepable whether a plan for the same time is open
 */
export function PlanWishes({ state, workspace, units, posts: named, layers, asked: planned, keepable }) {
  const [open, setOpen] = useState(false);
  const posts = named.length;
  useEffect(() => {
    if (open) for (const kind of ['stations', 'beats', 'posts', 'pillars']) layers.want(kind);
  }, [open, workspace.content_version]);
  const wishes = wishesOf(state);
  // Onto what is wished now: a second change may come before the first one is drawn.
  const set = (/** @type {Partial<Wishes>} */ patch) => wish({ ...wishesOf(current()), ...patch });
  const asked = wishCount(wishes);
  const own = Object.keys(wishes.weights).length > 0;
  return html`<fieldset class="block"><legend>${t('preset')}${own && html`<span class="aside">${t('preset_own')}</span>`}</legend>
      <div class="segments">${PRESETS.map((preset) => html`<label key=${preset} class="segment"><input type="radio" name="preset" value=${preset} checked=${wishes.preset === preset} onChange=${() => set({ preset, weights: {}, keep: false })} /><span>${word('preset', preset)}</span></label>`)}</div>
      <p class="hint">${word('preset', `${wishes.preset}_hint`)}</p>
      <label class="check"><input type="checkbox" checked=${wishes.compare} onChange=${(/** @type {Event} */ e) => set({ compare: checked(e) })} /><span>${t('wish_compare')}</span></label>
      <label class="check" title=${t('wish_draw_hint')}><input type="checkbox" checked=${wishes.draw} onChange=${(/** @type {Event} */ e) => set({ draw: checked(e) })} /><span>${t('wish_draw')}</span></label>
      <label class="check" title=${t('wish_keep_hint')}><input type="checkbox" disabled=${!keepable} checked=${wishes.keep} onChange=${(/** @type {Event} */ e) => set({ keep: checked(e) })} /><span>${t('wish_keep')}</span></label>
    </fieldset>
    <details class="block wishes" onToggle=${(/** @type {Event} */ e) => setOpen(/** @type {HTMLDetailsElement} */ (e.target).open)}><summary>${t('wishes')}<span class="aside">${asked || own ? t('wishes_n', { n: asked + (own ? 1 : 0) }) : t('wishes_none')}</span></summary>
      <${Weights} wishes=${wishes} set=${set} />
      <${Pins} pins=${wishes.pins} units=${units} set=${set} />
      <${NotThese} wishes=${wishes} set=${set} />
      <${Breaks} breaks=${wishes.breaks} units=${units} state=${state} workspace=${workspace} set=${set} />
      <${KeptOut} wishes=${wishes} known=${(/** @type {Wishes['areas'][number]} */ one) => shapeOf(layers, one.kind, one.id) !== null} set=${set} />
      ${open && html`<${UnitWishes} wishes=${wishes} units=${units} stations=${namesOf(layers, 'stations')} beats=${namesOf(layers, 'beats')} posts=${named} set=${set} />`}
      ${planned < units.length && namedUnits(wishes).length > 0 && html`<p class="hint">${t('wish_unit_hint', { n: whole(planned), of: whole(units.length) })}</p>`}
      <section class="part" aria-label=${t('wish_others')}>
        <div class="field"><label for="wish-every">${t('wish_every')}</label><input id="wish-every" type="number" min="15" max="1440" step="1" disabled=${posts === 0} value=${wishes.every || ''} placeholder=${t('wish_every_own')}
          onChange=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).checkValidity() && set({ every: Number(valueOf(e)) })} /></div>
        <p class="hint">${posts === 0 ? t('wish_every_none') : t('wish_every_hint', { n: whole(posts) })}</p>
        ${open && html`<${Often} wishes=${wishes} points=${['joint_duty_posts', 'posts', 'pillars'].flatMap((kind) => namesOf(layers, kind))} set=${set} />`}
        <label class="check"><input type="checkbox" checked=${wishes.station} onChange=${(/** @type {Event} */ e) => set({ station: checked(e) })} /><span>${t('wish_station')}</span></label>
      </section>
      ${/* There from the beginning: what stands below must not move away under a pointer. */''}<button type="button" disabled=${asked === 0 && !own} onClick=${() => wish({ ...NO_WISHES, preset: wishes.preset, compare: wishes.compare, draw: wishes.draw })}>${t('wishes_clear')}</button>
    </details>`;
}

/** @param {{wishes: Wishes, set: (patch: Partial<Wishes>) => void}} props */
function Weights({ wishes, set }) {
  const base = WEIGHTS[wishes.preset];
  const of = (/** @type {import('../wishes.js').Slider} */ slider) => wishes.weights[slider] ?? base[slider];
  const move = (/** @type {import('../wishes.js').Slider} */ slider, /** @type {number} */ value) => {
    const weights = { ...wishes.weights, [slider]: value };
    if (value === base[slider]) delete weights[slider];
    set({ weights });
  };
  return html`<section class="part" aria-label=${t('weights')}><h3>${t('weights')}</h3>
    ${SLIDERS.map((slider) => html`<div class="slider" key=${slider}><label for=${`weight-${slider}`}>${word('weight', slider)}</label>
      <input id=${`weight-${slider}`} type="range" min="0" max="1" step="0.05" value=${of(slider)} aria-valuetext=${number(of(slider), 2)} onInput=${(/** @type {Event} */ e) => move(slider, Number(valueOf(e)))} />
      <output for=${`weight-${slider}`}>${of(slider).toFixed(2)}</output></div>`)}
  </section>`;
}

/** @param {{wishes: Wishes, set: (patch: Partial<Wishes>) => void}} props */
function NotThese({ wishes, set }) {
  return html`<section class="part" aria-label=${t('wish_not')}><h3>${t('wish_not')}<span class="aside">${whole(wishes.not.length)}</span></h3>
    ${wishes.not.length === 0 && html`<p class="hint">${t('wish_not_hint')}</p>`}
    <ul>${wishes.not.map((one) => html`<li key=${one.place} class="wish"><span>${one.label}</span><button type="button" class="icon x" aria-label=${t('wish_remove', { name: one.label })} title=${t('wish_remove', { name: one.label })} onClick=${() => set({ not: wishes.not.filter((other) => other.place !== one.place) })}>×</button></li>`)}</ul>
  </section>`;
}
