/**
 * Two ways for a file onto the page: dropped anywhere, or chosen with a button.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { t } from '../i18n/speak.js';

const TYPES = '.csv,.txt,.xlsx,.geojson,.geojsons,.json,.kml,.kmz,.gpx,.fgb,.parquet,.zip,.gpkg';

/**
 * @param {object} props
 * @param {{current: HTMLButtonElement|null}} props.opener
 * @param {{current: HTMLInputElement|null}} props.picker
 * @param {(files: FileList|null) => void} props.take
 * @param {boolean} props.disabled
 */
export function FileButton({ opener, picker, take, disabled }) {
  const chosen = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    take(input.files);
    // The same file may be chosen again.
    input.value = '';
  };
  return html`<button type="button" class="small" ref=${opener} disabled=${disabled} onClick=${() => picker.current?.click()}>${t('im_button')}</button>
    <input type="file" class="sr-only" hidden tabindex="-1" ref=${picker} accept=${TYPES} aria-label=${t('im_button')} onChange=${chosen} />`;
}

/** @param {{take: (files: FileList|null) => void}} props */
export function DropGround({ take }) {
  const [over, setOver] = useState(false);
  const now = useRef(take);
  now.current = take;
  useEffect(() => {
    // Entering a child leaves its parent: how deep the pointer is tells when it is gone.
    let depth = 0;
    const ofFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
    const listeners = {
      dragenter: (/** @type {DragEvent} */ event) => {
        if (!ofFiles(event)) return;
        depth += 1;
        setOver(true);
      },
      dragleave: (/** @type {DragEvent} */ event) => {
        if (!ofFiles(event)) return;
        depth = Math.max(0, depth - 1);
        if (!depth) setOver(false);
      },
      // Without this the browser would open the file instead of the page.
      dragover: (/** @type {DragEvent} */ event) => ofFiles(event) && event.preventDefault(),
      drop: (/** @type {DragEvent} */ event) => {
        if (!ofFiles(event)) return;
        event.preventDefault();
        depth = 0;
        setOver(false);
        now.current(event.dataTransfer?.files ?? null);
      },
    };
    for (const [name, listener] of Object.entries(listeners)) addEventListener(name, /** @type {EventListener} */ (listener));
    return () => {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, /** @type {EventListener} */ (listener));
    };
  }, []);
  return over && html`<div class="drop-ground" aria-hidden="true"><p>${t('im_drop')}</p></div>`;
}
