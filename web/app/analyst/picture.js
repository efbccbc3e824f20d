/**
 * A picture with its numbers beside it: the drawing as SVG or PNG, the numbers as CSV. All
 * colours stand in the drawing itself, so that it is the same in a report.
 * @module
 */
import { html, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { t } from '../i18n/speak.js';
import { PALETTES } from '../map/palette.js';
import { pngOfCanvas, save } from '../ui/save_file.js';

/** Pixels of the PNG a unit of the drawing. */
const SCALE = 2;

/** Colours of drawings, by look. @param {import('../map/palette.js').Look} look */
export const inks = (look) => (look === 'night'
  ? { ground: '#1d242b', ink: '#dbe2e8', soft: '#9aa7b2', line: '#313b44', accent: '#7cc4ff', marks: PALETTES.night.routes }
  : { ground: '#ffffff', ink: '#1b2227', soft: '#505b64', line: '#d3d8dc', accent: '#0b5cad', marks: PALETTES.day.routes });

/** A field of a CSV (RFC 4180). @param {string|number|null} value */
const field = (value) => {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** @param {(string|number|null)[][]} rows */
export const csvOf = (rows) => rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');

/** A byte-order mark, so that spreadsheets know the text for what it is. @param {string} name @param {(string|number|null)[][]} rows */
export const saveCsv = (name, rows) => save(name, new Blob(['\uFEFF', csvOf(rows)], { type: 'text/csv;charset=utf-8' }));

/** The drawing as a file of its own. @param {SVGSVGElement} svg */
export function svgText(svg) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  const [, , width, height] = (svg.getAttribute('viewBox') ?? '0 0 600 300').split(' ');
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', width);
  copy.setAttribute('height', height);
  return new XMLSerializer().serializeToString(copy);
}

/** @param {string} text of an SVG @returns {Promise<Blob>} */
export async function pngOf(text) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return pngOfCanvas(canvas);
}

/**
 * @param {object} props
 * @param {string} props.name of the files
 * @param {string} props.title
 * @param {any} props.children the drawing, one svg element
 * @param {{key: string, text: string}[]} props.head names for programs, and for people
 * @param {{shown: (string|number)[], raw: (string|number|null)[]}[]} props.rows as shown, and as they are
 * @param {string[]} [props.columns] of the file, where it has more than the screen
 */
export function Picture({ name, title, children, head, rows, columns }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const [problem, setProblem] = useState('');
  const svg = () => /** @type {SVGSVGElement} */ (box.current?.querySelector('svg'));
  const png = async () => {
    setProblem('');
    try {
      save(`${name}.png`, await pngOf(svgText(svg())));
    } catch {
      setProblem(t('a_png_failed'));
    }
  };
  return html`<figure class="picture" ref=${box}>
    <figcaption><h3>${title}</h3>
      <span class="files"><button type="button" class="small" onClick=${() => save(`${name}.svg`, new Blob([svgText(svg())], { type: 'image/svg+xml' }))}>SVG</button>
        <button type="button" class="small" onClick=${png}>PNG</button>
        <button type="button" class="small" onClick=${() => saveCsv(`${name}.csv`, [columns ?? head.map((one) => one.key), ...rows.map((row) => row.raw)])}>CSV</button></span></figcaption>
    ${problem && html`<p class="failed" role="alert">${problem}</p>`}
    <div class="drawing">${children}</div>
    <div class="numbers" tabindex="0" role="region" aria-label=${title}><table class="figures"><caption class="sr-only">${title}</caption>
      <thead><tr>${head.map((one, i) => html`<th key=${one.key} scope="col" class=${i ? 'num' : ''}>${one.text}</th>`)}</tr></thead>
      <tbody>${rows.map((row, i) => html`<tr key=${i}>${row.shown.map((cell, j) => (j ? html`<td key=${j} class="num">${cell}</td>` : html`<th key=${j} scope="row">${cell}</th>`))}</tr>`)}</tbody></table></div>
  </figure>`;
}
