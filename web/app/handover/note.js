/**
 * The sentences for the next shift: written here, printed there. What was typed stays until
 * it is stored.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { clock } from '../format.js';
import { t } from '../i18n/speak.js';
import { inWords } from '../ui/states.js';
import { writeNote } from './api.js';

/** Longest text, characters. */
const LONGEST = 500;

/** @param {{told: import('./api.js').Handover, readOnly: boolean, written: () => void}} props */
export function NoteField({ told, readOnly, written }) {
  const { note, window, station } = told;
  const [text, setText] = useState(note?.text ?? '');
  const [job, setJob] = useState(/** @type {{busy: boolean, problem: unknown}} */ ({ busy: false, problem: null }));
  const id = `${window.start}/${window.end}/${station?.id ?? ''}`;
  useEffect(() => {
    setText(note?.text ?? '');
    setJob({ busy: false, problem: null });
  }, [id, note?.at]);
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (!text.trim() || job.busy) return;
    setJob({ busy: true, problem: null });
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    try {
      await writeNote({ text, from: window.start, until: window.end, ...(station && { station: station.id }) }, key);
      setJob({ busy: false, problem: null });
      written();
    } catch (problem) {
      setJob({ busy: false, problem });
    }
  };
  const changed = text.trim() !== (note?.text ?? '');
  return html`<section class="ho-note" aria-labelledby="ho-note-title">
    <h2 id="ho-note-title">${t('ho_note')}</h2>
    <p class="only-print">${note?.text ?? t('ho_note_none')}</p>
    <form class="no-print" onSubmit=${submit}>
      <textarea id="ho-text" rows="2" maxlength=${LONGEST} aria-labelledby="ho-note-title" aria-describedby="ho-hint" placeholder=${t('ho_note_hint')} value=${text} disabled=${readOnly} onInput=${(/** @type {any} */ event) => setText(event.target.value)}></textarea>
      <p class="ho-write"><button type="submit" class="small" disabled=${readOnly || job.busy || !changed || !text.trim()}>${t('ho_save')}</button>
        <span id="ho-hint" class="hint">${readOnly ? t('ho_read_only') : t('ho_note_left', { n: LONGEST - [...text].length })}</span>
        <span role="status" class="hint">${job.busy ? t('ho_saving') : note && !changed ? t('ho_saved', { at: clock(note.at) }) : ''}</span></p>
      ${job.problem && html`<p class="failed" role="alert">${t('ho_not_saved')} ${inWords(job.problem)}</p>`}
    </form>
  </section>`;
}
