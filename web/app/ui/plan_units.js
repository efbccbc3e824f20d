/**
 * Wishes for single units and for roads: when and where a shift is worked and ends, the
 * beats a unit is bound to, skills, and hours in which drives take longer. A row each.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { Field } from './field.js';
import { Clock } from './plan_times.js';

/** @typedef {import('../wishes.js').Wishes} Wishes */
/** @typedef {{id: string, name: string}[]} Named */

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement|HTMLSelectElement} */ (event.target).value;

/**
 * @param {object} props
 * @param {string} props.id
 * @param {string} props.label
 * @param {string} props.value
 * @param {Named} props.options
 * @param {string} [props.none] what no choice is called; none where one must be made
 * @param {(value: string) => void} props.go
 */
function Choice({ id, label, value, options, none, go }) {
  return html`<label class="sr-only" for=${id}>${label}</label><select id=${id} title=${label} onChange=${(/** @type {Event} */ e) => go(valueOf(e))}>
    ${none !== undefined && html`<option value="" selected=${value === ''}>${none}</option>`}
    ${value !== '' && !options.some((one) => one.id === value) && html`<option value=${value} selected>${value}</option>`}
    ${options.map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === value}>${one.name}</option>`)}</select>`;
}

/** @param {{id: string, value: string, go: (value: string) => void}} props */
const Skill = ({ id, value, go }) => html`<label class="sr-only" for=${id}>${t('wish_skill')}</label><${Field} id=${id} type="text" class="skill" maxlength="40" required placeholder=${t('wish_skill')} value=${value} onChange=${(/** @type {Event} */ e) => go(valueOf(e).trim())} />`;

/**
 * A list of rows of one kind of wish.
 * @template T
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.hint where there is no row
 * @param {T[]} props.rows
 * @param {(row: T) => string} props.name
 * @param {(rows: T[]) => void} props.set
 * @param {(row: T, n: number, put: (patch: Partial<T>) => void) => unknown} props.row
 * @param {T|null} props.fresh the next row; none where there can be none
 * @param {string} props.add
 */
function Rows({ title, hint, rows, name, set, row, fresh, add }) {
  return html`<section class="part" aria-label=${title}><h3>${title}<span class="aside">${whole(rows.length)}</span></h3>
    ${rows.length === 0 && html`<p class="hint">${hint}</p>`}
    <ul>${rows.map((one, n) => html`<li key=${n} class="times-row">${row(one, n, (patch) => set(rows.map((old, i) => (i === n ? { ...old, ...patch } : old))))}
      <button type="button" class="icon x" aria-label=${t('wish_remove', { name: name(one) })} title=${t('wish_remove', { name: name(one) })} onClick=${() => set(rows.filter((_, i) => i !== n))}>×</button></li>`)}</ul>
    ${fresh && html`<button type="button" onClick=${() => set([...rows, fresh])}>${add}</button>`}
  </section>`;
}

/**
 * @param {object} props
 * @param {Wishes} props.wishes
 * @param {Named} props.units that can be planned
 * @param {Named} props.stations
 * @param {Named} props.beats
 * @param {Named} props.posts that are visited
 * @param {(patch: Partial<Wishes>) => void} props.set
 */
export function UnitWishes({ wishes, units, stations, beats, posts, set }) {
  const first = units[0]?.id ?? '';
  const nameOf = (/** @type {string} */ id) => units.find((unit) => unit.id === id)?.name ?? id;
  const postOf = (/** @type {string} */ id) => posts.find((post) => post.id === id)?.name ?? id;
  /** The next unit without a row. @param {{unit: string}[]} rows */
  const next = (rows) => units.find((unit) => !rows.some((row) => row.unit === unit.id))?.id ?? first;
  return html`
    <${Rows} title=${t('wish_duties')} hint=${t('wish_duties_hint')} rows=${wishes.duties} name=${(/** @type {Wishes['duties'][number]} */ one) => nameOf(one.unit)} set=${(/** @type {Wishes['duties']} */ duties) => set({ duties })}
      fresh=${units.length ? { unit: next(wishes.duties), from: '', until: '', end: '' } : null} add=${t('wish_duty_add')}
      row=${(/** @type {Wishes['duties'][number]} */ one, /** @type {number} */ n, /** @type {(patch: Partial<Wishes['duties'][number]>) => void} */ put) => html`<${Choice} id=${`duty-unit-${n}`} label=${t('one_units')} value=${one.unit} options=${units} go=${(/** @type {string} */ unit) => put({ unit })} />
        <${Clock} id=${`duty-from-${n}`} label=${t('from')} value=${one.from} required=${one.until !== ''} go=${(/** @type {string} */ from) => put({ from })} />–<${Clock} id=${`duty-until-${n}`} label=${t('until')} value=${one.until} required=${one.from !== ''} go=${(/** @type {string} */ until) => put({ until })} />
        <${Choice} id=${`duty-end-${n}`} label=${t('wish_end')} value=${one.end} options=${stations} none=${t('wish_end_open')} go=${(/** @type {string} */ end) => put({ end })} />`} />
    <${Rows} title=${t('wish_bound')} hint=${t('wish_bound_hint')} rows=${wishes.bound} name=${(/** @type {Wishes['bound'][number]} */ one) => nameOf(one.unit)} set=${(/** @type {Wishes['bound']} */ bound) => set({ bound })}
      fresh=${units.length && beats.length ? { unit: next(wishes.bound), beat: beats[0].id } : null} add=${t('wish_bound_add')}
      row=${(/** @type {Wishes['bound'][number]} */ one, /** @type {number} */ n, /** @type {(patch: Partial<Wishes['bound'][number]>) => void} */ put) => html`<${Choice} id=${`bound-unit-${n}`} label=${t('one_units')} value=${one.unit} options=${units} go=${(/** @type {string} */ unit) => put({ unit })} />
        <${Choice} id=${`bound-beat-${n}`} label=${t('beat')} value=${one.beat} options=${beats} go=${(/** @type {string} */ beat) => put({ beat })} />`} />
    <label class="check"><input type="checkbox" checked=${wishes.backup} disabled=${wishes.bound.length === 0 && !wishes.backup} onChange=${(/** @type {Event} */ e) => set({ backup: /** @type {HTMLInputElement} */ (e.target).checked })} /><span>${t('wish_backup')}</span></label>
    <${Rows} title=${t('wish_skills')} hint=${t('wish_skills_hint')} rows=${wishes.skills} name=${(/** @type {Wishes['skills'][number]} */ one) => nameOf(one.unit)} set=${(/** @type {Wishes['skills']} */ skills) => set({ skills })}
      fresh=${units.length ? { unit: next(wishes.skills), skill: '' } : null} add=${t('wish_skill_add')}
      row=${(/** @type {Wishes['skills'][number]} */ one, /** @type {number} */ n, /** @type {(patch: Partial<Wishes['skills'][number]>) => void} */ put) => html`<${Choice} id=${`skill-unit-${n}`} label=${t('one_units')} value=${one.unit} options=${units} go=${(/** @type {string} */ unit) => put({ unit })} /><${Skill} id=${`skill-${n}`} value=${one.skill} go=${(/** @type {string} */ skill) => put({ skill })} />`} />
    <${Rows} title=${t('wish_needs')} hint=${t('wish_needs_hint')} rows=${wishes.needs} name=${(/** @type {Wishes['needs'][number]} */ one) => postOf(one.place)} set=${(/** @type {Wishes['needs']} */ needs) => set({ needs })}
      fresh=${posts.length ? { place: posts[0].id, skill: wishes.skills[0]?.skill ?? '' } : null} add=${t('wish_need_add')}
      row=${(/** @type {Wishes['needs'][number]} */ one, /** @type {number} */ n, /** @type {(patch: Partial<Wishes['needs'][number]>) => void} */ put) => html`<${Choice} id=${`need-post-${n}`} label=${t('one_joint_duty_posts')} value=${one.place} options=${posts} go=${(/** @type {string} */ place) => put({ place })} /><${Skill} id=${`need-${n}`} value=${one.skill} go=${(/** @type {string} */ skill) => put({ skill })} />`} />
    <${Speeds} wishes=${wishes} set=${set} />`;
}

/** Points with an interval of their own. @param {{wishes: Wishes, points: Named, set: (patch: Partial<Wishes>) => void}} props */
export function Often({ wishes, points, set }) {
  const nameOf = (/** @type {string} */ id) => points.find((point) => point.id === id)?.name ?? id;
  const next = points.find((point) => !wishes.often.some((one) => one.place === point.id));
  return html`<${Rows} title=${t('wish_often')} hint=${t('wish_often_hint')} rows=${wishes.often} name=${(/** @type {Wishes['often'][number]} */ one) => nameOf(one.place)} set=${(/** @type {Wishes['often']} */ often) => set({ often })}
    fresh=${next ? { place: next.id, every: 120 } : null} add=${t('wish_often_add')}
    row=${(/** @type {Wishes['often'][number]} */ one, /** @type {number} */ n, /** @type {(patch: Partial<Wishes['often'][number]>) => void} */ put) => html`<${Choice} id=${`often-${n}`} label=${t('wish_often_point')} value=${one.place} options=${points} go=${(/** @type {string} */ place) => put({ place })} />
      <label class="sr-only" for=${`often-every-${n}`}>${t('wish_often_every')}</label><${Field} id=${`often-every-${n}`} class="minutes" type="number" min="15" max="1440" step="1" required title=${t('wish_often_every')} value=${one.every} onChange=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).checkValidity() && put({ every: Number(valueOf(e)) })} />`} />`;
}

/** Hours in which drives take longer, or less. @param {{wishes: Wishes, set: (patch: Partial<Wishes>) => void}} props */
function Speeds({ wishes, set }) {
  const hour = (/** @type {string} */ id, /** @type {string} */ label, /** @type {number} */ value, /** @type {(value: number) => void} */ go) => html`<label class="sr-only" for=${id}>${label}</label><${Field} id=${id} class="minutes" type="number" min="0" max="23" required title=${label} value=${value} onChange=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).checkValidity() && go(Number(valueOf(e)))} />`;
  return html`<${Rows} title=${t('wish_speeds')} hint=${t('wish_speeds_hint')} rows=${wishes.speeds} name=${(/** @type {Wishes['speeds'][number]} */ one) => `${one.from}–${one.until}`} set=${(/** @type {Wishes['speeds']} */ speeds) => set({ speeds })}
    fresh=${{ from: 7, until: 9, factor: 1.5 }} add=${t('wish_speed_add')}
    row=${(/** @type {Wishes['speeds'][number]} */ one, /** @type {number} */ n, /** @type {(patch: Partial<Wishes['speeds'][number]>) => void} */ put) => html`${hour(`speed-from-${n}`, t('wish_speed_from'), one.from, (from) => put({ from }))}–${hour(`speed-until-${n}`, t('wish_speed_until'), one.until, (until) => put({ until }))} ×<label class="sr-only" for=${`speed-${n}`}>${t('wish_speed_factor')}</label><${Field} id=${`speed-${n}`} type="number" min="0.1" max="20" step="any" required title=${t('wish_speed_factor')} value=${one.factor} onChange=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).checkValidity() && put({ factor: Number(valueOf(e)) })} />`} />`;
}

/**
 * Ground where nobody stops: areas picked on the map, and circles.
 * @param {{wishes: Wishes, known: (area: Wishes['areas'][number]) => boolean, set: (patch: Partial<Wishes>) => void}} props
 */
export function KeptOut({ wishes, known, set }) {
  const count = wishes.areas.length + wishes.circles.length;
  const row = (/** @type {string} */ label, /** @type {unknown} */ more, /** @type {() => void} */ go) => html`<li class="wish"><span>${label}${more}</span><button type="button" class="icon x" aria-label=${t('wish_remove', { name: label })} title=${t('wish_remove', { name: label })} onClick=${go}>×</button></li>`;
  return html`<section class="part" aria-label=${t('wish_out')}><h3>${t('wish_out')}<span class="aside">${whole(count)}</span></h3>
    ${count === 0 && html`<p class="hint">${t('wish_out_hint')}</p>`}
    <ul>${wishes.areas.map((one) => row(one.label, known(one) ? '' : html` <small>${t('wish_out_gone')}</small>`, () => set({ areas: wishes.areas.filter((other) => other !== one) })))}
      ${wishes.circles.map((one, n) => html`<li key=${n} class="wish"><span>${one.label}</span><label class="sr-only" for=${`out-${n}`}>${t('wish_out_metres')}</label><${Field} id=${`out-${n}`} class="metres" type="number" min="50" max="5000" step="50" required title=${t('wish_out_metres')} value=${one.metres} onChange=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).checkValidity() && set({ circles: wishes.circles.map((other) => (other === one ? { ...one, metres: Number(valueOf(e)) } : other)) })} /><button type="button" class="icon x" aria-label=${t('wish_remove', { name: one.label })} title=${t('wish_remove', { name: one.label })} onClick=${() => set({ circles: wishes.circles.filter((other) => other !== one) })}>×</button></li>`)}</ul>
  </section>`;
}
