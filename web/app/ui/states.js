/**
 * The three states every panel has besides its content: loading (seen after 300 ms only),
 * empty (what to do) and failed (what happened, try again).
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { ApiProblem } from '../api.js';
import { t, word } from '../i18n/speak.js';

/** @param {{text?: string}} props */
export function Loading({ text }) {
  return html`<p class="loading"><span class="spinner" aria-hidden="true"></span>${text ?? t('loading')}</p>`;
}

/** @param {{text: string}} props */
export function Empty({ text }) {
  return html`<p class="empty">${text}</p>`;
}

/** @param {{title: string, problem: unknown, retry?: () => void}} props */
export function Failed({ title, problem, retry }) {
  return html`<div class="failed" role="alert">
    <p><strong>${title}</strong></p>
    <p>${inWords(problem)}</p>
    ${retry && html`<button type="button" onClick=${retry}>${t('retry')}</button>`}
  </div>`;
}

/** What a person is told about a failure. @param {unknown} problem */
export function inWords(problem) {
  if (problem instanceof ApiProblem) {
    if (problem.status === 0) return t('unreachable');
    const code = problem.kind.replaceAll('-', '_');
    const known = word('problem', code);
    // What the service says in detail is in English: the remedy comes first, in the screen's language.
    if (known !== code) return problem.detail && document.documentElement.lang === 'en' ? problem.detail : known;
    return problem.detail || problem.title || t('failed_status', { status: problem.status });
  }
  return problem instanceof Error ? problem.message : String(problem);
}
