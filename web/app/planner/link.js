/**
 * What the planner's desk keeps in its address: the language, the draft in hand, the notes.
 * @module
 */
import { noteText, parseNotes } from '../notes/notes.js';

/** @typedef {import('../notes/notes.js').Note} Note */

/** @returns {{scenario: string|null, notes: Note[]}} */
export function readLink() {
  const url = new URLSearchParams(location.search);
  return { scenario: url.get('scenario'), notes: parseNotes(url.getAll('note')) };
}

/**
 * Writes the address; what is not the desk's own stays as it is.
 * @param {string} lang @param {string|null} scenario @param {Note[]} notes
 */
export function writeLink(lang, scenario, notes) {
  const url = new URLSearchParams(location.search);
  url.set('lang', lang);
  if (scenario) url.set('scenario', scenario);
  else url.delete('scenario');
  url.delete('note');
  for (const note of notes) url.append('note', noteText(note));
  history.replaceState(null, '', `?${url}`);
}
