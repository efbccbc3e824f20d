/**
 * The hand-over page: which shift and station, the sentences, and the sheet to print.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchLayer } from '../api.js';
import { useCategories } from '../dispatcher/words.js';
import { clock, shortDay, span, useZone, whole } from '../format.js';
import { nameOf, speak, t } from '../i18n/speak.js';
import { Failed, Loading } from '../ui/states.js';
import { fetchHandover, queryOf } from './api.js';
import { fetchFollowed } from './followup.js';
import { NoteField } from './note.js';
import { AlarmTable, CallTable, Figures, NextShift, OpenCalls, Pillars, PlanKept, Units } from './sheet.js';
import { beside, localText, readLocal } from './shifts.js';

/** @typedef {import('./api.js').Ask} Ask */
/** @typedef {{status: 'loading'|'ready'|'failed', told: import('./api.js').Handover|null, problem: unknown}} Job */

/** @returns {Ask} */
function askOfUrl() {
  const url = new URLSearchParams(location.search);
  return { from: url.get('from') ?? '', until: url.get('until') ?? '', station: url.get('station') ?? '' };
}

/** @param {{workspace: import('../api.js').Workspace, first: 'zh'|'en'}} props */
export function HandoverPage({ workspace, first }) {
  const [lang, setLang] = useState(first);
  speak(lang);
  useZone(workspace.timezone);
  useCategories(workspace.categories);
  const [ask, setAsk] = useState(askOfUrl);
  const [round, setRound] = useState(0);
  const [job, setJob] = useState(/** @type {Job} */ ({ status: 'loading', told: null, problem: null }));
  const [follow, setFollow] = useState(/** @type {{followed: import('./followup.js').Followed|null, loading: boolean, problem: unknown}} */ ({ followed: null, loading: true, problem: null }));
  const [stations, setStations] = useState(/** @type {Map<string, string>} */ (new Map()));
  const { told } = job;
  document.title = `${t('handover')} · ${workspace.name}`;
  useEffect(() => {
    fetchLayer('stations').then((data) => setStations(new Map(data.features.map((f) => [String(f.properties?.id), String(f.properties?.name ?? '')]))), () => {});
  }, []);
  useEffect(() => {
    const query = queryOf(ask);
    history.replaceState(null, '', `?${query}${query ? '&' : ''}lang=${lang}`);
  }, [ask, lang]);
  useEffect(() => {
    const abort = new AbortController();
    setJob((old) => ({ ...old, status: 'loading', problem: null }));
    fetchHandover(ask, abort.signal).then((answer) => {
      setJob({ status: 'ready', told: answer, problem: null });
      const query = queryOf({ from: answer.window.start, until: answer.window.end, station: answer.station?.id ?? '' });
      setFollow((old) => ({ ...old, loading: true, problem: null }));
      return fetchFollowed(query, abort.signal).then((followed) => setFollow({ followed, loading: false, problem: null }), (problem) => {
        if (!abort.signal.aborted) setFollow({ followed: null, loading: false, problem });
      });
    }).catch((problem) => {
      if (!abort.signal.aborted) setJob((old) => ({ ...old, status: 'failed', problem }));
    });
    return () => abort.abort();
  }, [ask, round]);
  const again = () => setRound((n) => n + 1);
  return html`<div class="handover">
    <a class="skip no-print" href="#sheet">${t('ho_skip')}</a>
    <header class="ho-bar no-print"><a class="button small quiet" href=${`/dispatch?lang=${lang}`}>‹ ${t('ho_to_desk')}</a>
      ${told && html`<${Choice} told=${told} ask=${ask} setAsk=${setAsk} workspace=${workspace} stations=${stations} />`}
      <span class="ho-right"><button type="button" class="small" onClick=${again}>${t('ho_again')}</button> <button type="button" class="small" disabled=${!told} onClick=${() => print()}>${t('ho_print')}</button>
        <button type="button" class="small quiet" lang=${lang === 'zh' ? 'en' : 'zh-Hans'} onClick=${() => setLang(lang === 'zh' ? 'en' : 'zh')}>${lang === 'zh' ? 'English' : '简体中文'}</button></span></header>
    <main id="sheet" class="sheet" aria-busy=${job.status === 'loading'} tabindex="-1">
      ${job.status === 'failed' && html`<${Failed} title=${t('ho_failed')} problem=${job.problem} retry=${again} />`}
      ${!told && job.status === 'loading' && html`<h1 class="sr-only">${t('handover')}</h1><${Loading} />`}
      ${told && html`<${Sheet} told=${told} follow=${follow} workspace=${workspace} stations=${stations} written=${again} />`}
    </main></div>`;
}

/** @param {{told: import('./api.js').Handover, follow: any, workspace: import('../api.js').Workspace, stations: Map<string, string>, written: () => void}} props */
function Sheet({ told, follow, workspace, stations, written }) {
  const name = workspace.name.replace(/\s*[(（]SYNTHETIC[^)）]*[)）]\s*$/, '') || workspace.name;
  return html`<header class="ho-head"><h1>${told.shift ? t('ho_title_shift', { shift: nameOf(told.shift) }) : t('handover')}</h1>
      <p>${span(told.window)}${told.is_over ? '' : html` · <b>${t('ho_known', { at: clock(told.known.end) })}</b>`}</p>
      <p>${name}${told.station ? ` · ${told.station.name}` : ''} ${told.synthetic && html`<span class="synthetic">${t('synthetic')}</span>`}</p></header>
    <${NoteField} told=${told} readOnly=${Boolean(workspace.read_only)} written=${written} />
    <${Figures} told=${told} />
    <div class="ho-parts"><div><${CallTable} told=${told} /><${OpenCalls} told=${told} /></div>
      <div><${AlarmTable} told=${told} /><${Pillars} told=${told} /><${PlanKept} told=${told} follow=${follow} /></div></div>
    <${NextShift} told=${told} />
    <${Units} told=${told} stations=${stations} />
    ${told.note_before && html`<p class="hint no-print">${t('ho_before', { when: span({ start: told.note_before.from, end: told.note_before.until }) })} ${told.note_before.text}</p>`}
    <p class="ho-foot">${t('ho_foot', { n: whole(told.sequence), at: `${shortDay(told.known.end)} ${clock(told.known.end)}`, zone: workspace.timezone })}</p>`;
}

/** @param {{told: import('./api.js').Handover, ask: Ask, setAsk: (ask: Ask) => void, workspace: import('../api.js').Workspace, stations: Map<string, string>}} props */
function Choice({ told, ask, setAsk, workspace, stations }) {
  const window = { from: Date.parse(told.window.start), until: Date.parse(told.window.end) };
  const [typed, setTyped] = useState({ from: '', until: '' });
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setTyped({ from: localText(window.from), until: localText(window.until) });
    setWrong(false);
  }, [window.from, window.until]);
  /** @param {{from: number, until: number}} to */
  const go = (to) => setAsk({ ...ask, from: new Date(to.from).toISOString(), until: new Date(to.until).toISOString() });
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const [from, until] = [readLocal(typed.from), readLocal(typed.until)];
    const good = from !== null && until !== null && from < until && from < Date.now();
    setWrong(!good);
    if (good) go({ from, until });
  };
  const next = beside(workspace.shifts, window, 1);
  return html`<form class="ho-choice" onSubmit=${submit}>
    <button type="button" class="small" onClick=${() => go(beside(workspace.shifts, window, -1))}>‹ ${t('ho_shift_before')}</button>
    <label>${t('from')} <input type="text" inputmode="numeric" value=${typed.from} aria-invalid=${wrong} onInput=${(/** @type {any} */ event) => setTyped({ ...typed, from: event.target.value })} /></label>
    <label>${t('until')} <input type="text" inputmode="numeric" value=${typed.until} aria-invalid=${wrong} onInput=${(/** @type {any} */ event) => setTyped({ ...typed, until: event.target.value })} /></label>
    <button type="submit" class="small">${t('apply')}</button>
    <button type="button" class="small" disabled=${next.from >= Date.now()} onClick=${() => go(next)}>${t('ho_shift_after')} ›</button>
    ${stations.size > 0 && html`<label>${t('ho_station')} <select value=${ask.station} onChange=${(/** @type {any} */ event) => setAsk({ ...ask, station: event.target.value })}><option value="" selected=${!ask.station}>${t('ho_all_stations')}</option>${[...stations].map(([id, name]) => html`<option key=${id} value=${id} selected=${id === ask.station}>${name}</option>`)}</select></label>`}
    ${wrong && html`<span class="warn-text" role="alert">${t('bad_times')}</span>`}</form>`;
}
