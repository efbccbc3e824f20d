/**
 * The notes as a list beside the map, and what makes them: a text, an arrow or an area, set
 * with the pointer or by keys, then a few words. Each step can be undone.
 * @module
 */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { number } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Empty, Failed } from '../ui/states.js';
import { KINDS, LONGEST, MOST_NOTES, looksPersonal, middleOf, tidy } from './notes.js';
import { Pen } from './pen.js';
import { savePicture } from './picture.js';

/** @typedef {import('./notes.js').Note} Note */
/** @typedef {{kind: import('./notes.js').NoteKind, points: import('./notes.js').Point[], at: number|null}} Draft a note whose words are still to come; `at` where it is a listed one */

/**
 * @param {object} props
 * @param {import('./layer.js').NotesLayer|null} props.layer null where there is no map
 * @param {Note[]} props.notes
 * @param {(notes: Note[]) => void} props.change
 * @param {boolean} props.isDrawing whether the map is the pen's
 * @param {(on: boolean) => void} props.draw
 * @param {string} props.title of the picture
 * @param {() => string[]} props.facts what the picture shows, for its foot
 * @param {import('./picture.js').About['legend']} [props.legend]
 * @param {import('maplibre-gl').Map[]} [props.maps] of the picture; the layer's own where absent
 */
export function NotesPanel({ layer, notes, change, isDrawing, draw, title, facts, legend, maps }) {
  const [kind, setKind] = useState(/** @type {import('./notes.js').NoteKind|null} */ (null));
  const [points, setPoints] = useState(0);
  const [draft, setDraft] = useState(/** @type {Draft|null} */ (null));
  const [words, setWords] = useState('');
  const [wrong, setWrong] = useState('');
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [steps, setSteps] = useState(/** @type {{past: Note[][], future: Note[][]}} */ ({ past: [], future: [] }));
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const hadKeys = useRef(false);
  const pen = useRef(/** @type {Pen|null} */ (null));
  const latest = useRef({ drawn: (/** @type {any} */ _, /** @type {any} */ __) => {}, left: () => {} });
  latest.current = {
    drawn: (of, at) => {
      leave();
      setWords('');
      setDraft({ kind: of, points: at, at: null });
    },
    left: () => leave(),
  };
  const leave = () => {
    setKind(null);
    draw(false);
  };
  useEffect(() => {
    if (!layer) return undefined;
    const made = new Pen(layer.map, {
      trail: (trail) => {
        layer.showTrail(trail);
        setPoints(trail.length);
      },
      drawn: (of, at) => latest.current.drawn(of, at),
      left: () => latest.current.left(),
    });
    pen.current = made;
    return () => {
      made.take(null);
      made.remove();
      draw(false);
    };
  }, [layer]);
  // Another tool of the map was taken.
  useEffect(() => {
    if (isDrawing || !kind) return;
    pen.current?.take(null);
    setKind(null);
  }, [isDrawing]);
  // With the field itself: what is typed at once is its own.
  useLayoutEffect(() => field.current?.focus(), [draft]);
  // The row that had the keys may be gone with its note: they stay in the list.
  useLayoutEffect(() => {
    if (hadKeys.current && !box.current?.contains(document.activeElement)) box.current?.focus();
    hadKeys.current = false;
  }, [notes]);
  // What has no words yet is on the map as it will be.
  useEffect(() => layer?.show(draft && draft.at === null ? [...notes, { kind: draft.kind, points: draft.points, words: tidy(words) }] : notes), [layer, draft, words, notes]);

  const begin = (/** @type {import('./notes.js').NoteKind} */ wanted) => {
    setDraft(null);
    setWrong('');
    if (kind === wanted) {
      pen.current?.take(null);
      return leave();
    }
    setKind(wanted);
    draw(true);
    pen.current?.take(wanted);
    return layer?.map.getCanvas().focus();
  };
  const take = (/** @type {Note[]} */ next, /** @type {string} */ what) => {
    setSteps({ past: [...steps.past, notes], future: [] });
    change(next);
    setSaid(what);
  };
  const step = (/** @type {'past'|'future'} */ where) => {
    const next = steps[where].at(-1);
    if (!next) return;
    const rest = steps[where].slice(0, -1);
    setSteps(where === 'past' ? { past: rest, future: [...steps.future, notes] } : { past: [...steps.past, notes], future: rest });
    hadKeys.current = box.current?.contains(document.activeElement) ?? false;
    change(next);
    setSaid(t(where === 'past' ? 'n_undone' : 'n_redone'));
  };
  const finish = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!draft) return;
    const clean = tidy(words);
    if (looksPersonal(words)) return setWrong(t('problem_personal_text'));
    if (draft.kind === 'text' && !clean) return setWrong(t('n_words_missing'));
    const note = { kind: draft.kind, points: draft.points, words: clean };
    take(draft.at === null ? [...notes, note] : notes.map((old, i) => (i === draft.at ? note : old)), t('n_kept', { n: (draft.at ?? notes.length) + 1 }));
    setWrong('');
    setDraft(null);
    layer?.map.getCanvas().focus();
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target instanceof HTMLInputElement) return;
    const key = event.key.toLowerCase();
    if (key === 'z') step(event.shiftKey ? 'future' : 'past');
    else if (key === 'y') step('future');
    else return;
    event.preventDefault();
  };
  const picture = () => {
    setProblem(null);
    if (layer) savePicture(maps ?? [layer.map], { title, notes, facts: facts(), legend }).catch(setProblem);
  };
  const full = notes.length >= MOST_NOTES;
  return html`<div class=${`sheet notes-sheet ${kind ? 'note-drawing' : ''}`} ref=${box} tabindex="-1" onKeyDown=${keys}>
    <div class="note-tools" role="toolbar" aria-label=${t('n_tools')}>
      <div class="segments">${KINDS.map((one) => html`<button key=${one} type="button" class="tool" aria-pressed=${kind === one} disabled=${!layer || full} onClick=${() => begin(one)}>${word('n_kind', one)}</button>`)}</div>
      ${kind && html`<button type="button" class="small" onClick=${() => pen.current?.point()}>${t('draw_point')}</button>
        ${kind === 'area' && html`<button type="button" class="small" disabled=${points < 3} onClick=${() => pen.current?.finish()}>${t('draw_close')}</button>`}
        ${points > 0 && html`<button type="button" class="small" onClick=${() => pen.current?.takeBack()}>${t('draw_undo')}</button>`}`}
      <span class="files"><button type="button" class="small" disabled=${!steps.past.length} onClick=${() => step('past')}>${t('n_undo')}</button>
        <button type="button" class="small" disabled=${!steps.future.length} onClick=${() => step('future')}>${t('n_redo')}</button>
        <button type="button" class="small" disabled=${!layer} onClick=${picture}>${t('n_picture')}</button></span>
    </div>
    <p class="hint">${kind ? word('n_hint', kind) : full ? t('n_full', { n: MOST_NOTES }) : t('n_hint')}</p>
    ${draft && html`<form class="note-words" onSubmit=${finish}>
      <label for="n-words">${t('n_words', { kind: word('n_kind', draft.kind) })}</label>
      <input id="n-words" ref=${field} value=${words} maxlength=${LONGEST} autocomplete="off" aria-invalid=${wrong !== ''} aria-describedby=${wrong ? 'n-wrong' : undefined}
        onInput=${(/** @type {Event} */ e) => setWords(/** @type {HTMLInputElement} */ (e.target).value)} onKeyDown=${(/** @type {KeyboardEvent} */ e) => { if (e.key === 'Escape') { setDraft(null); setWrong(''); } }} />
      <button type="submit" class="small">${t('n_keep')}</button><button type="button" class="small" onClick=${() => { setDraft(null); setWrong(''); }}>${t('n_drop')}</button>
      ${wrong && html`<p class="wrong" id="n-wrong" role="alert">${wrong}</p>`}</form>`}
    ${problem !== null && html`<${Failed} title=${t('a_png_failed')} problem=${problem} retry=${picture} />`}
    ${notes.length ? html`<table class="figures note-list"><caption class="sr-only">${t('n_list')}</caption>
      <thead><tr><th scope="col" class="num">${t('n_number')}</th><th scope="col">${t('n_kind')}</th><th scope="col">${t('n_words_head')}</th><th scope="col" class="place">${t('n_where')}</th><th scope="col"><span class="sr-only">${t('n_tools')}</span></th></tr></thead>
      <tbody>${notes.map((note, i) => html`<tr key=${i}><td class="num">${i + 1}</td><td>${word('n_kind', note.kind)}</td><th scope="row">${note.words || '–'}</th>
        <td class="num place">${placeText(note)}</td>
        <td><span class="files"><button type="button" class="small" disabled=${!layer} aria-label=${`${t('n_go')} ${i + 1}`} onClick=${() => layer?.map.jumpTo({ center: middleOf(note) })}>${t('n_go')}</button>
          <button type="button" class="small" aria-label=${`${t('n_edit')} ${i + 1}`} onClick=${() => { setWords(note.words); setDraft({ ...note, at: i }); }}>${t('n_edit')}</button>
          <button type="button" class="small" aria-label=${`${t('n_delete')} ${i + 1}`} onClick=${() => { setDraft(null); take(notes.filter((_, j) => j !== i), t('n_deleted', { n: i + 1 })); }}>${t('n_delete')}</button></span></td></tr>`)}</tbody></table>`
      : !draft && html`<${Empty} text=${layer ? t('n_none') : t('n_no_map')} />`}
    <p class="hint">${t('n_in_link', { n: notes.length, most: MOST_NOTES })}</p>
    <p class="sr-only" role="status">${said}</p>
  </div>`;
}

/** `41.80412, 123.45120`: as they are typed elsewhere, the latitude first. @param {Note} note */
function placeText(note) {
  const [x, y] = middleOf(note);
  return `${number(y, 6)}, ${number(x, 7)}`;
}
