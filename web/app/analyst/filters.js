/**
 * The filter, field by field: time by presets or typed, hours of the week, categories, beats,
 * an area. Each list shows what its other choices would bring.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { day, number, whole } from '../format.js';
import { nameOf, t } from '../i18n/speak.js';
import { hoursText, lastDays, parseArea, parseHours, parseTime, yearEarlier } from './filter.js';
import { HourMatrix } from './matrix.js';

/** @typedef {import('./filter.js').Filter} Filter */
/** @typedef {import('./api.js').Profile} Profile */

const PRESETS = [7, 28, 90, 365];

/**
 * @param {object} props
 * @param {Filter} props.filter
 * @param {(patch: Partial<Filter>) => void} props.change
 * @param {import('../api.js').Workspace} props.workspace
 * @param {Profile|null} props.profile
 * @param {boolean} props.stale
 * @param {import('../map/palette.js').Look} props.look
 */
export function Filters({ filter, change, workspace, profile, stale, look }) {
  return html`<div class=${`filters ${stale && profile ? 'stale' : ''}`}>
    <${Times} filter=${filter} change=${change} workspace=${workspace} />
    <fieldset class="block"><legend>${t('a_hours')}</legend>
      <${HourMatrix} values=${profile?.hours ?? []} chosen=${filter.hours} look=${look} choose=${(/** @type {number[]} */ hours) => change({ hours })} />
      <${Typed} id="a-hours" label=${t('a_hours_typed')} hint=${t('a_hours_example')} value=${hoursText(filter.hours)} parse=${(/** @type {string} */ text) => parseHours(text)} wrong=${t('a_hours_wrong')} take=${(/** @type {number[]} */ hours) => change({ hours })} />
      <p class="hint" id="matrix-keys">${t('a_matrix_keys')}</p>
      ${profile && profile.spans > 0 && html`<p class="hint">${t('a_spans', { n: whole(profile.spans) })}</p>`}
      ${profile?.dates_only && html`<p class="hint warning">${t('a_dates_only')}</p>`}
    </fieldset>
    <${Categories} filter=${filter} change=${change} workspace=${workspace} profile=${profile} />
    <${Beats} filter=${filter} change=${change} profile=${profile} />
    <fieldset class="block"><legend>${t('a_area')}</legend>
      <${Typed} id="a-area" label=${t('a_area_typed')} hint="123.40,41.78,123.48,41.82" value=${filter.area} parse=${parseArea} wrong=${t('a_area_wrong')} take=${(/** @type {string} */ area) => change({ area })} />
      <p class="hint">${t('a_area_hint')}</p>
      ${filter.area && html`<button type="button" onClick=${() => change({ area: '' })}>${t('a_area_clear')}</button>`}
    </fieldset>
  </div>`;
}

/**
 * A field that is taken over when it can be read, and says what is wrong where it can't.
 * @param {{id: string, label: string, hint?: string, value: string, parse: (text: string) => any, wrong: string, take: (value: any) => void}} props
 */
function Typed({ id, label, hint, value, parse, wrong, take }) {
  const [text, setText] = useState(value);
  const [bad, setBad] = useState(false);
  useEffect(() => {
    setText(value);
    setBad(false);
  }, [value]);
  const done = () => {
    const found = parse(text);
    setBad(found === null);
    if (found !== null && text.trim() !== value) take(found);
  };
  return html`<div class="field"><label for=${id}>${label}</label><input id=${id} value=${text} placeholder=${hint} autocomplete="off" aria-invalid=${bad} aria-describedby=${bad ? `${id}-wrong` : undefined}
    onInput=${(/** @type {Event} */ e) => setText(/** @type {HTMLInputElement} */ (e.target).value)} onChange=${done} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === 'Enter' && done()} />
    ${bad && html`<p class="wrong" id=${`${id}-wrong`} role="alert">${wrong}</p>`}</div>`;
}

/** @param {{filter: Filter, change: (patch: Partial<Filter>) => void, workspace: import('../api.js').Workspace}} props */
function Times({ filter, change, workspace }) {
  const last = workspace.incidents ? day(new Date(Date.parse(workspace.incidents.until) - 1)) : workspace.today;
  const is = (/** @type {{from: string, until: string}} */ span) => span.from === filter.from && span.until === filter.until;
  const preset = (/** @type {string} */ name, /** @type {{from: string, until: string}} */ span, /** @type {string} */ text) => html`<button key=${name} type="button" class="small" aria-pressed=${is(span)} onClick=${() => change(span)}>${text}</button>`;
  return html`<fieldset class="block"><legend>${t('time')}</legend>
    <div class="presets">${PRESETS.map((days) => preset(String(days), lastDays(last, days), t('period_days', { n: days })))}
      ${preset('all', { from: '', until: '' }, t('period_all'))}
      <button type="button" class="small" disabled=${!filter.from || !filter.until} title=${t('a_year_earlier_hint')} onClick=${() => change(yearEarlier(filter))}>${t('a_year_earlier')}</button></div>
    <${Typed} id="a-from" label=${t('from')} hint="2026-10-01" value=${filter.from.replace('T', ' ')} parse=${parseTime} wrong=${t('a_time_wrong')} take=${(/** @type {string} */ from) => change({ from })} />
    <${Typed} id="a-until" label=${t('a_before')} hint="2026-10-31 22:00" value=${filter.until.replace('T', ' ')} parse=${parseTime} wrong=${t('a_time_wrong')} take=${(/** @type {string} */ until) => change({ until })} />
    ${filter.from && filter.until && filter.until <= filter.from && html`<p class="wrong" role="alert">${t('a_time_order')}</p>`}
    <p class="hint">${t('zone', { zone: workspace.timezone })}${workspace.incidents ? ` · ${t('a_data_span', { from: day(workspace.incidents.from), until: last })}` : ''}</p>
  </fieldset>`;
}

/** @param {{filter: Filter, change: (patch: Partial<Filter>) => void, workspace: import('../api.js').Workspace, profile: Profile|null}} props */
function Categories({ filter, change, workspace, profile }) {
  const counts = new Map(profile?.by_category.map((one) => [one.code, one.count]));
  const tops = workspace.categories.filter((one) => !one.parent);
  const toggle = (/** @type {string} */ code) => {
    const chosen = filter.categories.includes(code);
    // A parent has its children in it.
    const rest = filter.categories.filter((other) => other !== code && !other.startsWith(`${code}/`));
    change({ categories: chosen ? rest : [...rest, code] });
  };
  const line = (/** @type {import('../api.js').Category} */ one) => {
    const within = one.parent !== null && filter.categories.includes(one.parent);
    return html`<label class="check"><input type="checkbox" checked=${within || filter.categories.includes(one.code)} disabled=${within} onChange=${() => toggle(one.code)} /><span>${nameOf(one)}</span><span class="num">${profile ? whole(counts.get(one.code) ?? 0) : '–'}</span></label>`;
  };
  return html`<fieldset class="block"><legend>${t('categories')}<span class="aside">${filter.categories.length ? t('categories_some', { n: filter.categories.length }) : t('categories_all')}</span></legend>
    <ul class="tree short" tabindex="0" aria-label=${t('categories')}>${tops.map((top) => {
      const children = workspace.categories.filter((one) => one.parent === top.code);
      return html`<li key=${top.code}>${line(top)}${children.length > 0 && html`<ul>${children.map((child) => html`<li key=${child.code}>${line(child)}</li>`)}</ul>`}</li>`;
    })}</ul>
    ${filter.categories.length > 0 && html`<button type="button" class="small" onClick=${() => change({ categories: [] })}>${t('categories_clear')}</button>`}
  </fieldset>`;
}

/** @param {{filter: Filter, change: (patch: Partial<Filter>) => void, profile: Profile|null}} props */
function Beats({ filter, change, profile }) {
  const [find, setFind] = useState('');
  const beats = profile?.by_beat ?? [];
  const most = Math.max(1, ...beats.map((beat) => beat.count));
  const shown = beats.filter((beat) => beat.name.toLowerCase().includes(find.trim().toLowerCase()) || filter.beats.includes(beat.id));
  const toggle = (/** @type {string} */ id) => change({ beats: filter.beats.includes(id) ? filter.beats.filter((one) => one !== id) : [...filter.beats, id] });
  return html`<fieldset class="block"><legend>${t('kind_beats')}<span class="aside">${filter.beats.length ? t('categories_some', { n: filter.beats.length }) : t('a_beats_all')}</span></legend>
    ${beats.length > 12 && html`<div class="field"><label for="a-beat-find">${t('a_find')}</label><input id="a-beat-find" value=${find} autocomplete="off" onInput=${(/** @type {Event} */ e) => setFind(/** @type {HTMLInputElement} */ (e.target).value)} /></div>`}
    <ul class="tree short beats-list" tabindex="0" aria-label=${t('kind_beats')}>${shown.map((beat) => html`<li key=${beat.id}><label class="check"><input type="checkbox" checked=${filter.beats.includes(beat.id)} onChange=${() => toggle(beat.id)} /><span>${beat.name}</span><i class="bar-of" aria-hidden="true"><i style=${`width:${number((beat.count / most) * 100, 3)}%`}></i></i><span class="num">${whole(beat.count)}</span></label></li>`)}
      ${profile !== null && !beats.length && html`<li class="hint">${t('a_beats_none')}</li>`}</ul>
    ${profile !== null && profile.in_no_beat > 0 && html`<p class="hint">${t('a_no_beat', { n: whole(profile.in_no_beat) })}</p>`}
    ${filter.beats.length > 0 && html`<button type="button" class="small" onClick=${() => change({ beats: [] })}>${t('categories_clear')}</button>`}
  </fieldset>`;
}
