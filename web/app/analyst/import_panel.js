/**
 * A file before and after it is imported: what was guessed, what has to be said, the first
 * rows, then what became of them. Nothing is written before the button is pressed.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { ApiProblem } from '../api.js';
import { clock, day, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Field } from '../ui/field.js';
import { Failed, inWords } from '../ui/states.js';
import { ImportRows, Refused } from './import_rows.js';

const KINDS = ['incidents', 'beats', 'stations', 'zones', 'posts', 'joint_duty_posts', 'commercial_districts', 'pillars', 'cameras', 'places', 'units', 'boundary'];
/** Fields that are shown although no column is theirs; the others wait among the options. */
const NEEDED = ['id', 'name', 'at', 'until', 'lon', 'lat', 'category'];
const FRAMES = ['wgs84', 'gcj02', 'bd09'];

/** What a person is told of a fault of the file. @param {unknown} problem */
export function faultInWords(problem) {
  if (problem instanceof ApiProblem && problem.kind.startsWith('import-')) return faultOf(problem.kind.slice(7).replaceAll('-', '_'), problem.detail);
  return inWords(problem);
}

/** @param {string} format as the service puts it */
const formatInWords = (format) => format.replace(', delimiter ', t('im_delimiter')).replace(', layer ', t('im_of_layer')).replace(', sheet ', t('im_of_sheet')).replace(', attributes in ', t('im_attributes'));

/** @param {string} code @param {string} detail in English */
const faultOf = (code, detail) => (document.documentElement.lang === 'en' && detail ? `${detail[0].toUpperCase()}${detail.slice(1)}.` : word('im_fault', code));

/**
 * @param {object} props
 * @param {import('./use_import.js').Job} props.job
 * @param {(patch: Partial<import('./import_api.js').Choice>) => void} props.change
 * @param {() => void} props.commit
 * @param {() => void} props.close
 * @param {() => void} props.another
 * @param {(code: string) => string} props.categoryName
 */
export function ImportPanel({ job, change, commit, close, another, categoryName }) {
  const head = useRef(/** @type {HTMLElement|null} */ (null));
  const { seen, status } = job;
  // Whoever can't see it hears what has come up.
  useEffect(() => head.current?.focus(), [status]);
  const known = seen !== null && (seen.frame.how === 'declared' || seen.frame.how === 'stated');
  const ready = known && seen.as && !seen.problem && !job.busy;
  const step = status === 'sending' ? t('im_sending') : status === 'writing' ? t('im_writing') : status === 'done' ? t('im_done') : t('im_title');
  return html`<section class="import" aria-labelledby="im-head">
    <h2 id="im-head" tabindex="-1" ref=${head}>${step}</h2>
    <p class="im-file"><strong>${job.file}</strong>${seen && html` <small>${[formatInWords(seen.format), t('im_rows', { n: whole(seen.rows) })].filter(Boolean).join(' · ')}</small>`}</p>
    ${(status === 'sending' || status === 'writing') && html`<${Progress} done=${job.done} of=${job.of} label=${step} />`}
    ${status === 'writing' && html`<p class="hint">${t('im_writing_hint')}</p>`}
    ${status === 'failed' && html`<${Failed} title=${t('im_failed')} problem=${new Error(faultInWords(job.problem))} />`}
    ${status === 'looked' && seen && html`
      <${Guesses} seen=${seen} choice=${job.choice} change=${change} />
      ${job.problem !== null && html`<${Failed} title=${t('im_failed')} problem=${new Error(faultInWords(job.problem))} />`}
      ${seen.problem && html`<div class="failed" role="alert"><p><strong>${seen.problem.code === 'no_column' && seen.problem.field ? t('im_name_column', { field: word('im_field', seen.problem.field) }) : faultOf(seen.problem.code, seen.problem.detail)}</strong></p></div>`}
      ${seen.as && html`<${Outlook} seen=${seen} choice=${job.choice} />
        <${Columns} seen=${seen} choice=${job.choice} change=${change} only=${(/** @type {string} */ field, /** @type {boolean} */ found) => found || NEEDED.includes(field)} />
        <${Dropped} seen=${seen} />
        <${ImportRows} seen=${seen} categoryName=${categoryName} />
        <${Refused} title=${t('im_refused', { n: whole(seen.refused) })} of=${seen} />
        <${More} seen=${seen} choice=${job.choice} change=${change} />`}`}
    ${status === 'done' && job.report && html`<${Report} report=${job.report} />`}
    <div class="im-acts buttons">
      ${status === 'looked' && html`<button type="button" class="main" disabled=${!ready} aria-describedby="im-why" onClick=${commit}>${t('im_import', { n: whole(seen?.kept ?? 0) })}</button>
        <p class="hint" id="im-why">${job.busy ? t('im_looking') : ready ? t('im_not_yet') : seen?.as && !known ? t('im_frame_first') : t('im_answer_first')}</p>`}
      ${(status === 'done' || status === 'failed') && html`<button type="button" onClick=${another}>${t('im_another')}</button>`}
      ${status !== 'writing' && html`<button type="button" onClick=${close}>${status === 'done' || status === 'failed' ? t('close') : t('im_cancel')}</button>`}
    </div>
    <p class="sr-only" role="status">${job.busy ? t('im_looking') : status === 'looked' && seen?.as ? t('im_outlook', { n: whole(seen.kept), of: whole(seen.rows) }) : ''}</p>
  </section>`;
}

/** @param {{done: number, of: number, label: string}} props */
function Progress({ done, of, label }) {
  const share = of > 0 ? Math.min(1, done / of) : null;
  return html`<progress aria-label=${label} ...${share === null || share === 1 ? {} : { value: share }} max="1"></progress>`;
}

/** @param {{seen: import('./import_api.js').Preview, choice: import('./import_api.js').Choice, change: (patch: Partial<import('./import_api.js').Choice>) => void}} props */
function Guesses({ seen, choice, change }) {
  const value = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value;
  return html`<div class="im-guesses">
    ${seen.layers.length > 0 && html`<div class="field"><label for="im-layer">${t('im_layer')}</label><select id="im-layer" value=${choice.layer} onChange=${(/** @type {Event} */ e) => change({ layer: value(e) })}><option value="">${t('im_choose')}</option>${seen.layers.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select></div>`}
    ${seen.columns.length > 0 && html`<div class="field"><label for="im-as">${t('im_as')}</label><select id="im-as" value=${seen.as ?? ''} onChange=${(/** @type {Event} */ e) => value(e) && change({ as: value(e) })}>
      ${!seen.as && html`<option value="">${t('im_choose')}</option>`}${KINDS.map((one) => html`<option key=${one} value=${one}>${word('kind', one)}</option>`)}</select>${seen.guessed && html`<small>${t('im_guess')}</small>`}</div>`}
    ${seen.as && html`<${FrameField} seen=${seen} choice=${choice} change=${change} />`}
    ${!seen.as && html`<${Dropped} seen=${seen} />`}
  </div>`;
}

/**
 * Which column each field is read from.
 * @param {{seen: import('./import_api.js').Preview, choice: import('./import_api.js').Choice, change: (patch: Partial<import('./import_api.js').Choice>) => void, only: (field: string, found: boolean) => boolean}} props
 */
function Columns({ seen, choice, change, only }) {
  const read = seen.fields.map((field) => ({ field, at: seen.columns.find((one) => one.field === field) })).filter(({ field, at }) => only(field, Boolean(at)));
  if (!read.length) return null;
  const choose = (/** @type {string} */ field) => (/** @type {Event} */ event) => {
    const column = /** @type {HTMLSelectElement} */ (event.target).value;
    if (column) change({ map: { ...choice.map, [field]: column } });
  };
  return html`<table class="figures im-columns"><caption class="sr-only">${t('im_columns')}</caption><thead><tr><th scope="col">${t('im_field_head')}</th><th scope="col">${t('im_column_head')}</th><th scope="col">${t('im_example')}</th></tr></thead><tbody>
    ${read.map(({ field, at }) => html`<tr key=${field}><th scope="row">${word('im_field', field)}</th><td><select aria-label=${t('im_column_of', { field: word('im_field', field) })} value=${at?.column ?? ''} onChange=${choose(field)}>
      ${!at && html`<option value="">–</option>`}${seen.columns.filter((one) => one.dropped === null).map((one) => html`<option key=${one.column} value=${one.column}>${one.column}</option>`)}</select></td><td class="im-example">${at?.example ?? ''}</td></tr>`)}</tbody></table>`;
}

/** What is not read: for it tells of persons, or for nobody asked. @param {{seen: import('./import_api.js').Preview}} props */
function Dropped({ seen }) {
  const dropped = seen.columns.filter((one) => one.dropped !== null);
  const unread = seen.columns.filter((one) => one.dropped === null && one.field === null);
  const list = (/** @type {typeof dropped} */ all) => all.map((one) => one.column || '–').join(t('im_comma'));
  return html`${dropped.length > 0 && html`<p class="im-dropped">${t('im_dropped', { n: dropped.length, columns: list(dropped) })}</p>`}
    ${seen.as && unread.length > 0 && html`<p class="hint">${t('im_unread', { columns: list(unread) })}</p>`}`;
}

/** @param {{seen: import('./import_api.js').Preview, choice: import('./import_api.js').Choice, change: (patch: Partial<import('./import_api.js').Choice>) => void}} props */
function FrameField({ seen, choice, change }) {
  const [other, setOther] = useState(false);
  const { how, name } = seen.frame;
  const set = (/** @type {string} */ value) => {
    setOther(value === 'epsg');
    if (value !== 'epsg') change({ crs: value });
  };
  const open = how === 'assumed' || how === 'unknown';
  const shown = other || choice.crs.toLowerCase().startsWith('epsg') ? 'epsg' : choice.crs;
  return html`<div class=${open ? 'im-ask' : ''}>
    <div class="field"><label for="im-frame">${t('a_frame')}</label><select id="im-frame" value=${shown} aria-describedby="im-frame-why" onChange=${(/** @type {Event} */ e) => set(/** @type {HTMLSelectElement} */ (e.target).value)}>
      <option value="">${how === 'stated' ? t('im_frame_of_file', { name: name ?? '' }) : t('im_choose')}</option>${FRAMES.map((one) => html`<option key=${one} value=${one}>${word('im_frame', one)}</option>`)}<option value="epsg">EPSG…</option></select>
      ${shown === 'epsg' && html`<${Field} id="im-epsg" class="short" inputmode="numeric" placeholder="4490" aria-label=${t('im_epsg')} value=${choice.crs.replace(/^epsg:/i, '')} onChange=${(/** @type {Event} */ e) => { const code = /** @type {HTMLInputElement} */ (e.target).value.trim(); if (code) change({ crs: `EPSG:${code}` }); }} />`}</div>
    <p class="hint" id="im-frame-why">${how === 'assumed' ? t('im_frame_assumed') : how === 'unknown' ? t('im_frame_unknown') : how === 'stated' ? t('im_frame_stated', { name: name ?? '' }) : t('im_frame_declared')}</p></div>`;
}

/** @param {{seen: import('./import_api.js').Preview, choice: import('./import_api.js').Choice, change: (patch: Partial<import('./import_api.js').Choice>) => void}} props */
function More({ seen, choice, change }) {
  const incidents = seen.as === 'incidents';
  const typed = (/** @type {'category'|'timezone'|'time_format'|'source'} */ name, /** @type {string} */ label, /** @type {string} */ example) => html`<div class="field"><label for=${`im-${name}`}>${label}</label><${Field} id=${`im-${name}`} value=${choice[name]} placeholder=${example} onChange=${(/** @type {Event} */ e) => change({ [name]: /** @type {HTMLInputElement} */ (e.target).value.trim() })} /></div>`;
  return html`<details class="im-more"><summary>${t('im_more')}</summary>
    <${Columns} seen=${seen} choice=${choice} change=${change} only=${(/** @type {string} */ field, /** @type {boolean} */ found) => !found && !NEEDED.includes(field)} />
    ${incidents && html`${typed('category', t('im_category'), 'criminal/burglary')}${typed('time_format', t('im_time_format'), '%m/%d/%Y %H:%M')}${typed('timezone', t('im_timezone'), 'Asia/Shanghai')}`}
    ${typed('source', t('im_source'), 'cad-2024')}
    <label class="check"><input type="checkbox" checked=${choice.strict} onChange=${() => change({ strict: !choice.strict })} /><span>${t('im_strict')}</span></label></details>`;
}

/** @param {{seen: import('./import_api.js').Preview, choice: import('./import_api.js').Choice}} props */
function Outlook({ seen, choice }) {
  const uncategorised = seen.as === 'incidents' && !choice.category && !seen.columns.some((one) => one.field === 'category');
  const times = seen.features.features.map((one) => String(one.properties?.at ?? '')).filter(Boolean);
  return html`<div class="im-outlook"><p><strong>${t('im_outlook', { n: whole(seen.kept), of: whole(seen.rows) })}</strong></p>
    ${seen.spans > 0 && html`<p>${t('im_spans', { n: whole(seen.spans) })}</p>`}
    ${uncategorised && html`<p class="hint warning">${t('im_no_category')}</p>`}
    ${seen.derives_boundary && html`<p class="hint">${t('im_boundary')}</p>`}
    ${seen.marks_synthetic && html`<p class="hint warning">${t('im_marks_synthetic')}</p>`}
    ${seen.told_synthetic > 0 && html`<p class="hint warning">${t('im_told_synthetic', { n: whole(seen.told_synthetic) })}</p>`}
    ${document.documentElement.lang === 'en' && seen.notes.filter((note) => !/boundary|--|SYNTHETIC/.test(note)).map((note) => html`<p class="hint" key=${note}>${note}</p>`)}
    ${times.length > 0 && html`<p class="hint">${t('im_first_time', { at: `${day(times[0])} ${clock(times[0])}` })}</p>`}</div>`;
}

/** @param {{report: import('./import_api.js').Report}} props */
function Report({ report }) {
  const lines = [[t('im_new'), report.new], [t('im_changed'), report.changed], [t('im_unchanged'), report.unchanged], [t('im_refused_head'), report.refused]];
  return html`<table class="figures im-report"><caption class="sr-only">${t('im_done')}</caption><tbody>${lines.map(([name, n]) => html`<tr key=${name}><th scope="row">${name}</th><td class="num">${whole(Number(n))}</td></tr>`)}
      <tr class="last"><th scope="row">${t('im_read')}</th><td class="num">${whole(report.rows)}</td></tr></tbody></table>
    ${report.marks_synthetic && html`<p class="hint warning">${t('im_marked_synthetic')}</p>`}
    ${report.told_synthetic > 0 && html`<p class="hint warning">${t('im_told_synthetic', { n: whole(report.told_synthetic) })}</p>`}
    ${report.other_category > 0 && html`<p class="hint">${t('im_other_category', { n: whole(report.other_category) })}</p>`}
    ${report.dropped.length > 0 && html`<p class="im-dropped">${t('im_dropped', { n: report.dropped.length, columns: report.dropped.join(t('im_comma')) })}</p>`}
    <${Refused} title=${t('im_refused', { n: whole(report.refused) })} of=${report} />
    ${report.refused_csv && html`<p><a class="button" href=${report.refused_csv} download="refused.csv">${t('im_refused_file')}</a></p>`}`;
}
