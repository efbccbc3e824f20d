/**
 * The responder's page: who the unit is and whether its position is shared, what comes
 * next, the round, and the buttons below. Made for a phone held in one hand.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { ApiProblem } from '../api.js';
import { useClock, useWatch } from '../dispatcher/use_watch.js';
import { age } from '../dispatcher/words.js';
import { clock, shortDay, useZone } from '../format.js';
import { speak, t, word } from '../i18n/speak.js';
import { Failed, Loading, inWords } from '../ui/states.js';
import { aim } from './ahead.js';
import { Bar } from './bar.js';
import { PlaceSign } from './glyphs.js';
import { keep } from './keep.js';
import { tokenOf } from './link.js';
import { CallCard, NextStop, SentCard } from './next_stop.js';
import { StopList } from './stop_list.js';
import { deed } from './texts.js';

/** Without a word for so long, what is shown may be behind: a hiccup is no banner. */
const HICCUP_S = 15;
const LOOKS = /** @type {const} */ (['auto', 'day', 'night']);
/** Hours that count as night where the phone doesn't say. */
const EVENING = 19;
const MORNING = 6;

/** @typedef {typeof LOOKS[number]} Look */
/** @typedef {import('./duty.js').Duty} Duty */

/** @param {{duty: Duty, first: {lang: 'zh'|'en', look: Look}}} props */
export function Phone({ duty, first }) {
  const [lang, setLang] = useState(first.lang);
  const [look, setLook] = useState(first.look);
  const [chosen, choose] = useState(/** @type {number|null} */ (null));
  useWatch(duty, 0);
  useClock(5000);
  speak(lang);
  const seen = duty.seen();
  useZone(seen?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const now = duty.now();
  const theme = look === 'auto' ? byHour(now) : look;
  document.title = seen ? `${seen.unit.call_sign} · ${t('u_title')}` : t('u_title');
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', theme === 'night' ? '#171d23' : '#f7f8f8');
  }, [theme]);
  useEffect(() => {
    keep('lang', lang);
    keep('look', look);
    // Kept now: the address must not speak against a later choice.
    history.replaceState(null, '', location.pathname + location.hash);
  }, [lang, look]);
  const settings = html`<${Settings} seen=${seen} duty=${duty} lang=${lang} setLang=${setLang} look=${look} setLook=${setLook} />`;
  if (!duty.token || duty.closed) return html`<${NoLink} duty=${duty} settings=${settings} />`;
  if (!seen) {
    return html`<main class="phone empty-phone"><h1>${t('u_title')}</h1>
      ${duty.problem ? html`<${Failed} title=${t('u_no_sheet')} problem=${duty.problem} retry=${() => duty.poll()} />` : html`<${Loading} />`}${settings}</main>`;
  }
  const stop = aim(seen.stops, chosen);
  return html`<div class="phone">
    <${Head} seen=${seen} now=${now} lang=${lang} />
    <${Share} duty=${duty} seen=${seen} />
    <${News} duty=${duty} seen=${seen} now=${now} />
    <main>
      ${!seen.call && seen.sent && !seen.sent.reached_at && html`<${SentCard} seen=${seen} sent=${seen.sent} />`}
      ${seen.call ? html`<${CallCard} seen=${seen} call=${seen.call} />` : stop ? html`<${NextStop} seen=${seen} stop=${stop} lang=${lang} now=${now} />`
        : html`<section class="card"><h2>${t(seen.stops.length ? 'u_round_over' : 'u_no_round')}</h2><p class="why">${t(seen.stops.length ? 'u_round_over_hint' : 'u_no_round_hint')}</p></section>`}
      ${seen.stops.length > 0 && html`<${StopList} duty=${duty} seen=${seen} aimed=${seen.call ? null : stop?.number ?? null} lang=${lang} choose=${(/** @type {number} */ n) => { choose(n); document.querySelector('main')?.scrollTo(0, 0); }} />`}
      ${settings}
    </main>
    <${Bar} duty=${duty} seen=${seen} stop=${stop} now=${now} />
  </div>`;
}

/** @param {number} now @returns {'day'|'night'} */
function byHour(now) {
  if (matchMedia('(prefers-color-scheme: dark)').matches) return 'night';
  const hour = Number(clock(new Date(now)).slice(0, 2));
  return hour >= EVENING || hour < MORNING ? 'night' : 'day';
}

/** @param {{seen: import('./ahead.js').Seen, now: number, lang: 'zh'|'en'}} props */
function Head({ seen, now, lang }) {
  return html`<header class="top"><h1>${seen.unit.call_sign}</h1>
    <p><i class=${`dot ${seen.unit.status}`} aria-hidden="true"></i>${word('status', seen.unit.status)}</p>
    ${seen.synthetic && html`<span class="synthetic" title=${t('synthetic_hint')}>${t('synthetic').split(' ')[lang === 'zh' ? 1 : 0]}</span>`}
    <time>${clock(new Date(now))}</time></header>`;
}

/** Whether the unit's position is shared: always in sight, always in plain words. @param {{duty: Duty, seen: import('./ahead.js').Seen}} props */
function Share({ duty, seen }) {
  const state = duty.sharing.state();
  const on = state === 'on';
  const can = on || state === 'off';
  return html`<div class=${`share ${state}`}><${PlaceSign} on=${on} /><p role="status">${on ? t('u_share_on', { at: seen.shift ? clock(seen.shift.until) : '' }) : word('u_share', state)}</p>
    ${(can || state === 'denied' || state === 'nowhere') && html`<button type="button" aria-pressed=${on} onClick=${() => (on ? duty.sharing.stop() : duty.sharing.start())}>${t(on ? 'u_share_stop' : 'u_share_start')}</button>`}</div>`;
}

/** What the person should know first: no network, not sent, refused. @param {{duty: Duty, seen: import('./ahead.js').Seen, now: number}} props */
function News({ duty, seen, now }) {
  const waiting = seen.unsent.length;
  const old = duty.lost || duty.age() > HICCUP_S;
  return html`<div class="all-news"><div role="status">${(old || waiting > 0) && html`<p class="news"><b><span aria-hidden="true">⚠</span> ${t(old ? 'u_lost' : 'u_sending')}</b>
      <span>${t('u_sheet_age', { age: age(duty.age()) })}</span>${waiting > 0 && html` <span>${t('u_waiting', { n: waiting })}</span>`}
      ${old && html`<span class="hint">${t('u_lost_hint')}</span>`}</p>`}</div>
    <div role="alert">${duty.refusals.map(({ body, status, title, detail, kind }, i) => html`<p key=${i} class="news refused"><b>${t('u_refused', { what: deed(body) })}</b> <span>${inWords(new ApiProblem(status, title, detail, kind))}</span>${i === duty.refusals.length - 1 && html` <button type="button" onClick=${() => duty.read()}>${t('close')}</button>`}</p>`)}
      ${duty.orphans > 0 && html`<p class="news refused"><b>${t('u_orphans', { n: duty.orphans })}</b> <button type="button" onClick=${() => duty.read()}>${t('close')}</button></p>`}
      ${Date.parse(seen.until) < now && html`<p class="news"><b>${t('u_expired', { at: clock(seen.until) })}</b></p>`}</div></div>`;
}

/** No link, or one that is no longer good; with what could not be sent any more. @param {{duty: Duty, settings: any}} props */
function NoLink({ duty, settings }) {
  const left = duty.checkins.actions.filter(({ body }) => body.kind !== 'position');
  return html`<main class="phone empty-phone"><h1>${t(duty.closed ? 'u_closed' : 'u_no_link')}</h1>
    <p>${t(duty.closed ? 'u_closed_hint' : 'u_no_link_hint')}</p>
    <${Paste} />
    ${left.length > 0 && html`<section class="news"><h2>${t('u_left', { n: left.length })}</h2><ul>${left.map(({ key, body }) => html`<li key=${key}>${clock(body.at)} ${deed(body)}</li>`)}</ul>
      <button type="button" onClick=${() => duty.checkins.put([])}>${t('u_forget')}</button></section>`}
    ${settings}</main>`;
}

/** A link by hand: an installed page can't be opened by a camera on every phone. */
function Paste() {
  const [wrong, setWrong] = useState(false);
  /** @param {Event} event */
  const open = (event) => {
    event.preventDefault();
    const text = new FormData(/** @type {HTMLFormElement} */ (event.target)).get('link');
    const token = tokenOf(`#${String(text).trim().split('#').at(-1)}`);
    setWrong(!token);
    if (token) location.hash = token;
  };
  return html`<form class="paste" onSubmit=${open}><label for="link">${t('u_paste')}</label>
    <input id="link" name="link" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" aria-invalid=${wrong} aria-describedby=${wrong ? 'link-wrong' : undefined} />
    <button type="submit">${t('u_open')}</button>${wrong && html`<p id="link-wrong" role="alert">${t('u_paste_wrong')}</p>`}</form>`;
}

/** Language, style, how long the link is good. @param {{seen: import('./ahead.js').Seen|null, duty: Duty, lang: 'zh'|'en', setLang: (lang: 'zh'|'en') => void, look: Look, setLook: (look: Look) => void}} props */
function Settings({ seen, duty, lang, setLang, look, setLook }) {
  return html`<section class="settings" aria-label=${t('u_settings')}>
    <button type="button" lang=${lang === 'zh' ? 'en' : 'zh-Hans'} onClick=${() => setLang(lang === 'zh' ? 'en' : 'zh')}>${lang === 'zh' ? 'English' : '简体中文'}</button>
    <button type="button" onClick=${() => setLook(LOOKS[(LOOKS.indexOf(look) + 1) % LOOKS.length])}>${t('look')}: ${word('look', look)}</button>
    ${seen && html`<p class="hint">${t('u_until', { at: `${shortDay(seen.until)} ${clock(seen.until)}` })} ${t(duty.installable ? 'u_install' : 'u_insecure')}</p>`}</section>`;
}
