/**
 * The list of keys, and the switch that turns the single ones off.
 * @module
 */
import { html, useEffect, useRef } from '../../vendor/htm-preact/standalone.module.js';
import { t, word } from '../i18n/speak.js';
import { VERBS } from './commands.js';
import { KEYS } from './keys.js';

/** How a key is written where its name is not its letter. @type {Record<string, string>} */
const WRITTEN = { comma: ',', period: '.', zero: '0', enter: '↵', 123: '1 2 3', slash: '/', colon: ':', question: '?', escape: 'Esc' };

/** @param {{desk: import('./console.js').Console}} props */
export function Help({ desk }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus();
    return () => /** @type {HTMLElement|null} */ (before)?.focus?.();
  }, []);
  return html`<section class="help" ref=${box} tabindex="-1" aria-labelledby="help-title">
    <header><h2 id="help-title">${t('keys')}</h2><button type="button" class="small" onClick=${() => desk.change({ helped: false })}>${t('close')}</button></header>
    <label class="check"><input type="checkbox" checked=${desk.state.singleKeys} onChange=${(/** @type {any} */ event) => desk.change({ singleKeys: event.target.checked })} />${t('d_single_keys')}</label>
    <dl class="key-list">${KEYS.map((key) => html`<div key=${key}><dt><kbd>${WRITTEN[key] ?? key.toUpperCase()}</kbd></dt><dd>${word('d_key', key)}</dd></div>`)}</dl>
    <h3>${t('d_command')}</h3>
    <dl class="key-list verbs">${Object.entries(VERBS).map(([verb, { slots, zh }]) => html`<div key=${verb}><dt><code>${verb}</code> ${zh}</dt><dd>${word('d_verb', verb)}${slots.length ? ` (${slots.map((slot) => word('d_slot', slot)).join(' ')})` : ''}</dd></div>`)}</dl>
    <p class="hint">${t('keys_text')}</p>
  </section>`;
}
