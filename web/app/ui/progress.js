/**
 * A question on its way: how long it has been, and a button that gives it up.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { percent } from '../format.js';
import { t } from '../i18n/speak.js';
import { cancel } from './jobs.js';

/** An answer that is there sooner needs no bar. */
const SOON_MS = 300;

/**
 * @param {object} props
 * @param {string} props.name of the job
 * @param {import('./jobs.js').Job<unknown>} props.job
 * @param {string} props.label what is being computed
 * @param {boolean} [props.takesFocus] whether the button pressed is gone, so that focus stays in its place
 */
export function Progress({ name, job, label, takesFocus = false }) {
  const [spent, setSpent] = useState(0);
  const button = useRef(/** @type {HTMLButtonElement|null} */ (null));
  useEffect(() => {
    const timer = setInterval(() => setSpent(performance.now() - job.since), 100);
    return () => clearInterval(timer);
  }, [job.since]);
  const seen = takesFocus || spent > SOON_MS;
  useEffect(() => {
    if (takesFocus) button.current?.focus();
  }, [takesFocus]);
  if (!seen) return null;
  return html`<div class="working">
    ${job.of > 0 ? html`<progress aria-label=${label} max=${job.of} value=${job.done}></progress>` : html`<progress aria-label=${label}></progress>`}
    <span>${label} ${t('seconds', { n: (spent / 1000).toFixed(0) })}${job.of > 0 ? ` · ${percent(job.done / job.of)}` : ''}</span>
    <button type="button" ref=${button} onClick=${() => cancel(name)}>${t('plan_cancel')}</button>
  </div>`;
}
