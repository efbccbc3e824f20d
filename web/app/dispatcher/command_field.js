/**
 * The command line: completion below it, the answer beside it.
 * @module
 */
import { html, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { t, word } from '../i18n/speak.js';
import { VERBS, complete, read } from './commands.js';
import { useWatch } from './use_watch.js';

/** @param {{board: import('./board.js').Board, desk: import('./console.js').Console, lang: string}} props */
export function CommandField({ board, desk, lang }) {
  useWatch(desk, 0);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(-1);
  const [open, setOpen] = useState(false);
  const [past, setPast] = useState(/** @type {string[]} */ ([]));
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  desk.focusCommand = () => {
    field.current?.focus();
    // What was refused is written over.
    field.current?.select();
    setOpen(true);
  };
  const offers = open ? complete(board, text, lang === 'zh') : [];
  const last = desk.state.said[0];
  /** @param {string} line */
  const take = (line) => {
    setText(line);
    setChosen(-1);
    setOpen(true);
  };
  const run = () => {
    const line = text.trim();
    if (!line) return;
    if (execute(board, desk, line)) {
      setPast((old) => [line, ...old].slice(0, 20));
      setText('');
      // The single keys act again.
      field.current?.blur();
    } else field.current?.select();
    setChosen(-1);
    setOpen(false);
  };
  /** @param {KeyboardEvent} event */
  const stop = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  /** @param {KeyboardEvent} event */
  const keyed = (event) => {
    if (event.key === 'ArrowDown' && offers.length) setChosen((chosen + 1) % offers.length);
    else if (event.key === 'ArrowUp' && chosen > 0) setChosen(chosen - 1);
    else if (event.key === 'ArrowUp' && !text && past[0]) take(past[0]);
    // Tab completes where there is something to complete, else it goes on as everywhere.
    else if (event.key === 'Tab' && !event.shiftKey && text && offers.length && (chosen >= 0 || offers.length === 1) && offers[Math.max(0, chosen)].line !== text) take(offers[Math.max(0, chosen)].line);
    else if (event.key === 'Enter') {
      if (chosen >= 0 && offers[chosen]) take(offers[chosen].line);
      else run();
    } else if (event.key === 'Escape') {
      setOpen(false);
      // The list of offers first, then the line.
      if (offers.length) return stop(event);
      setText('');
      field.current?.blur();
    } else return undefined;
    return stop(event);
  };
  return html`<div class="command">
    <span class="prompt" aria-hidden="true">:</span>
    <input ref=${field} id="command" role="combobox" aria-autocomplete="list" aria-expanded=${offers.length > 0} aria-controls="offers" aria-activedescendant=${chosen >= 0 ? `offer-${chosen}` : undefined}
      aria-label=${t('d_command')} placeholder=${t('d_command_hint')} autocomplete="off" spellcheck="false" value=${text}
      onInput=${(/** @type {any} */ event) => take(event.target.value)} onKeyDown=${keyed} onFocus=${() => setOpen(true)} onBlur=${() => setOpen(false)} />
    <ul id="offers" class="offers" role="listbox" aria-label=${t('d_offers')} hidden=${!offers.length}>
      ${offers.map(({ line, hint }, i) => html`<li key=${line} id=${`offer-${i}`} role="option" aria-selected=${i === chosen} onMouseDown=${(/** @type {Event} */ event) => { event.preventDefault(); take(line); }}><b>${line}</b><span>${hintText(line, hint)}</span></li>`)}
    </ul>
    <p class=${`echo ${last?.tone ?? ''}`} role="status">${last?.text ?? ''}</p>
  </div>`;
}

/** What an offer means, in words. @param {string} line @param {string} hint */
function hintText(line, hint) {
  if (hint in VERBS) return word('d_verb', hint);
  const known = [word('status', hint), word('d_state', hint), word('d_alarm', hint), word('d_reason', hint), word('d_find', hint), word('priority', hint)].find((text) => text !== hint);
  if (known) return known;
  return line.trim().endsWith(hint) ? '' : hint;
}

/**
 * Does what a line says; false where it can't be read.
 * @param {import('./board.js').Board} board @param {import('./console.js').Console} desk @param {string} line
 */
export function execute(board, desk, line) {
  const found = read(board, line);
  if (found.problem) {
    desk.say(t(/** @type {any} */ (found.problem[0]), found.problem[1]), 'refused');
    return false;
  }
  if (found.command) desk.act(found.command);
  else if (found.verb === 'undo') desk.undo();
  else if (found.verb === 'send' && found.unit) {
    const unit = board.units.get(found.unit);
    if (unit && unit.status !== 'idle') {
      desk.say(t('d_not_idle', { unit: unit.call_sign, status: word('status', unit.status) }), 'refused');
      return false;
    }
    desk.send(found.unit);
  }
  else if (found.unit) {
    desk.select({ kind: 'unit', id: found.unit });
    desk.change({ next: found.unit });
  } else if (found.found) {
    desk.select(found.found);
    const it = desk.selected();
    // Asked for by name: it is to be seen.
    if (it) desk.camera.go(it.position);
    desk.say(t('d_found', { what: it && 'call_sign' in it ? it.call_sign : it?.name ?? '' }), 'done');
  }
  return true;
}
