/**
 * The time slider: back over a day or a week, ahead over the next day; steps, play, a typed
 * start. And the banner that says that what is shown is not now.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { clock, shortDay, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { inWords } from '../ui/states.js';
import { isOpen } from './board.js';
import { AHEAD, HOUR, MODES, RANGES, SPEEDS, STEPS } from './time_travel.js';
import { instantText, readInstant, stepText, typedText } from './time_words.js';
import { useClock, useWatch } from './use_watch.js';

const MINUTE = 60e3;

/** @typedef {{travel: import('./time_travel.js').TimeTravel, workspace: import('../api.js').Workspace, lang: string}} Props */

/** @param {Props} props */
export function TimePanel({ travel, workspace }) {
  useWatch(travel, 0);
  useClock(5000);
  const { open, at, step, speed, range, mode, playing, loading, problem } = travel.state;
  const slider = useRef(/** @type {HTMLInputElement|null} */ (null));
  const was = useRef(open);
  useEffect(() => {
    if (open && !was.current) slider.current?.focus();
    was.current = open;
  }, [open]);
  const now = travel.now();
  if (!open) return html`<button type="button" class="time-open" aria-expanded="false" onClick=${() => travel.toggle()}><span aria-hidden="true">◷</span> ${t('time')} <kbd>T</kbd></button>`;
  const [first, last] = [-RANGES[range] / MINUTE, AHEAD / MINUTE];
  const value = Math.max(first, Math.min(last, Math.round(((at ?? now) - now) / MINUTE)));
  const text = at === null ? t('time_now') : travel.where === 'ahead' ? t('time_ahead_at', { at: instantText(at, now) }) : t('time_as_of', { at: instantText(at, now) });
  /** @param {KeyboardEvent} event */
  const keyed = (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, ',': -1, '.': 1 }[event.key];
    if (steps) travel.move(steps);
    else if (event.key === 'Home') travel.go(now - RANGES[range]);
    else if (event.key === 'End') travel.toNow();
    else if (event.key === ' ') travel.play();
    else if (event.key === '0' || event.key === 'Escape') travel.toNow();
    else if (event.key === 't') travel.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const share = (/** @type {number} */ minutes) => `${((minutes - first) / (last - first)) * 100}%`;
  const choice = (/** @type {any} */ event) => event.target.value;
  return html`<section class="time" aria-label=${t('time')}>
    <div class="time-row">
      <button type="button" class="small" aria-label=${t('time_back')} title=${`${t('time_back')} ,`} onClick=${() => travel.move(-1)}>‹</button>
      <button type="button" class="small play" aria-pressed=${playing} onClick=${() => travel.play()}><span aria-hidden="true">${playing ? '❚❚' : '▶'}</span> ${t(playing ? 'time_pause' : 'time_play')}</button>
      <button type="button" class="small" aria-label=${t('time_on')} title=${`${t('time_on')} .`} onClick=${() => travel.move(1)}>›</button>
      <div class="time-track"><i class="time-mark" aria-hidden="true" style=${`inset-inline-start:calc(8px + (100% - 16px) * ${(0 - first) / (last - first)})`}></i>
        <input ref=${slider} id="time-slider" type="range" min=${first} max=${last} step="1" value=${value} aria-label=${t('time')} aria-valuetext=${text} onKeyDown=${keyed} onInput=${(/** @type {any} */ event) => travel.drag(now + Number(event.target.value) * MINUTE)} />
        <span class="time-ends" aria-hidden="true"><span>${t(`time_range_${range}`)}</span><span style=${`position:absolute;inset-inline-start:${share(0)};transform:translateX(-50%)`}>${t('time_now')}</span><span>${t('time_next_day')}</span></span></div>
      <output class="time-at" for="time-slider" aria-live="off" data-where=${travel.where}>${text}${loading ? html` <span class="spinner" aria-hidden="true"></span>` : ''}</output>
      <button type="button" class="small" disabled=${at === null} onClick=${() => travel.toNow()}>${t('time_to_now')} <kbd>0</kbd></button>
      <button type="button" class="small quiet" aria-label=${t('close')} onClick=${() => travel.toggle()}>×</button>
    </div>
    <div class="time-row">
      <${TypedStart} travel=${travel} now=${now} />
      <label>${t('time_step')} <select value=${String(step)} onChange=${(/** @type {any} */ event) => travel.setStep(Number(choice(event)))}>${STEPS.map((it) => html`<option key=${it} value=${String(it)} selected=${it === step}>${stepText(it)}</option>`)}</select></label>
      <label>${t('time_speed')} <select value=${String(speed)} onChange=${(/** @type {any} */ event) => travel.change({ speed: Number(choice(event)) })}>${SPEEDS.map((it) => html`<option key=${it} value=${String(it)} selected=${it === speed}>${t('time_speed_n', { n: it })}</option>`)}</select></label>
      <label>${t('time_range')} <select value=${range} onChange=${(/** @type {any} */ event) => travel.change({ range: choice(event) })}>${Object.keys(RANGES).map((it) => html`<option key=${it} value=${it} selected=${it === range}>${word('time_range', it)}</option>`)}</select></label>
      <label>${t('time_mode')} <select value=${mode} onChange=${(/** @type {any} */ event) => travel.change({ mode: choice(event) })}>${MODES.map((it) => html`<option key=${it} value=${it} selected=${it === mode}>${word('time_mode', it)}</option>`)}</select></label>
      <span class="aside">${t('zone', { zone: workspace.timezone })}</span>
    </div>
    ${problem && html`<p class="failed" role="alert">${t('time_failed')} ${inWords(problem)} <button type="button" class="small" onClick=${() => at !== null && travel.go(at)}>${t('retry')}</button></p>`}
  </section>`;
}

/** Where it begins, as typed. @param {{travel: import('./time_travel.js').TimeTravel, now: number}} props */
function TypedStart({ travel, now }) {
  const { start } = travel.state;
  const [typed, setTyped] = useState(/** @type {string|null} */ (null));
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setTyped(null);
    setWrong(false);
  }, [start]);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const at = typed === null ? start || null : readInstant(typed, now);
    const good = at !== null && at <= now + AHEAD;
    setWrong(!good);
    if (good && at !== null) travel.begin(at);
  };
  return html`<form class="time-start" onSubmit=${submit}><label for="time-start">${t('time_start')}</label>
    <input id="time-start" type="text" inputmode="numeric" autocomplete="off" value=${typed ?? (start ? typedText(start) : '')} placeholder=${typedText(now - HOUR).slice(0, 16)} aria-invalid=${wrong} aria-describedby=${wrong ? 'time-wrong' : undefined}
      onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} />
    <button type="submit" class="small">${t('apply')}</button>${wrong && html`<span id="time-wrong" class="warn-text" role="alert">${t('time_wrong')}</span>`}</form>`;
}

/** Of what is shown, which may not yet be what is wanted. @param {import('./time_travel.js').TimeTravel} travel @param {string} hour */
function bannerText(travel, hour) {
  const { moment } = travel.board;
  const now = travel.now();
  if (travel.where === 'ahead') return t('time_banner_ahead', { span: hour });
  if (moment !== null) return t('time_banner_past', { at: instantText(moment, now) });
  return travel.state.problem ? t('time_failed_now') : t('loading');
}

/** Says that what is shown is not now, and what is. @param {Props} props */
export function TimeBanner({ travel }) {
  useWatch(travel, 0);
  useClock();
  const { at } = travel.state;
  const { moment, present } = travel.board;
  const open = [...present.calls.values()].filter(isOpen);
  const waits = open.filter((call) => call.state === 'received').length;
  const hour = at === null ? 0 : Math.floor(at / HOUR) * HOUR;
  const span = `${shortDay(new Date(hour))} ${clock(new Date(hour))}–${clock(new Date(hour + HOUR))}`;
  // Filled only when it is not now: a live region must be there before.
  return html`<div class="time-slot" role="status" aria-live=${travel.state.playing ? 'off' : 'polite'}>${at !== null && html`<p class="not-now" data-where=${travel.where}><span aria-hidden="true">◷</span>
    <b>${bannerText(travel, span)}</b>
    ${(travel.where === 'ahead' || moment !== null) && html`<span>${travel.where === 'ahead' ? t('time_ahead_hint') : t('time_event_n', { n: whole(travel.board.sequence) })}</span>`}
    <span aria-live="off">${t('time_meanwhile', { open: whole(open.length), n: whole(waits) })}</span>
    <button type="button" class="small" onClick=${() => travel.toNow()}>${t('time_to_now')} <kbd>0</kbd></button></p>`}</div>`;
}
