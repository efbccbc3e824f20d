/**
 * An input whose value is taken once the person is done with it: at Enter, Tab, an arrow. What
 * is being typed until then stays, whatever else of the panel is drawn anew meanwhile (a
 * layer that arrives would put the old value back, and the change would be none).
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';

/** @param {{value: string|number, onChange: (event: Event) => void} & Record<string, unknown>} props the rest are those of an input */
export function Field({ value, onChange, ...rest }) {
  const [typed, setTyped] = useState(/** @type {string|null} */ (null));
  /** @param {Event} event */
  const input = (event) => /** @type {HTMLInputElement} */ (event.target);
  return html`<input ...${rest} value=${typed ?? value}
    onInput=${(/** @type {Event} */ event) => setTyped(input(event).value)}
    onChange=${onChange}
    onBlur=${(/** @type {Event} */ event) => {
      // What is not valid stays to be put right.
      if (input(event).checkValidity()) setTyped(null);
    }} />`;
}
