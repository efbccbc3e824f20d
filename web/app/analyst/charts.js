/**
 * Two plain drawings: lines with their intervals, and bars. Series differ by dash and mark as
 * well as by colour, and each is named at its own key.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { FONT } from '../ui/save_file.js';
import { inks } from './picture.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP] = [600, 300, 56, 16, 16];
const DASHES = ['', '6 3', '2 2', '8 3 2 3', '4 2', '1 2', '10 4', '3 5'];

/** A mark of the n-th series. @param {number} n @param {number} x @param {number} y @param {string} color */
function mark(n, x, y, color) {
  const path = ['M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0', 'M-4 -4H4V4H-4Z', 'M0 -5L5 4H-5Z', 'M0 -5L5 0L0 5L-5 0Z', 'M-5 -4H5L0 5Z', 'M-4 -1.5H-1.5V-4H1.5V-1.5H4V1.5H1.5V4H-1.5V1.5H-4Z'][n % 6];
  return html`<path d=${path} transform=${`translate(${x.toFixed(1)} ${y.toFixed(1)})`} fill=${color} />`;
}

/** Round steps for an axis. @param {number} top */
export function ticksOf(top) {
  if (!(top > 0)) return [0, 1];
  const rough = top / 4;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * ten).find((n) => n >= rough) ?? rough;
  return Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, i) => i * step);
}

/**
 * @typedef {{x: number, y: number, low?: number|null, high?: number|null}} Dot
 * @typedef {{name: string, dots: Dot[], dashed?: boolean, markless?: boolean}} Series
 */

/**
 * @param {object} props
 * @param {string} props.label of the whole
 * @param {Series[]} props.series
 * @param {{x: number, y: number}[]} [props.chance] a line to compare with
 * @param {string} [props.chanceName]
 * @param {{at: number, text: string}[]} props.xTicks
 * @param {string} props.xName
 * @param {string} props.yName
 * @param {(y: number) => string} props.yText
 * @param {[number, number]} props.xSpan
 * @param {import('../map/palette.js').Look} props.look
 */
export function LineChart({ label, series, chance, chanceName, xTicks, xName, yName, yText, xSpan, look }) {
  const ink = inks(look);
  const rows = Math.ceil((series.length + (chance ? 1 : 0)) / 3);
  const bottom = 44 + rows * 18;
  const all = series.flatMap((one) => one.dots.flatMap((dot) => [dot.y, dot.high ?? dot.y])).concat(chance?.map((dot) => dot.y) ?? []);
  const ticks = ticksOf(Math.max(...all, 0));
  const top = ticks[ticks.length - 1];
  const x = (/** @type {number} */ value) => LEFT + ((value - xSpan[0]) / Math.max(1e-12, xSpan[1] - xSpan[0])) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => HEIGHT - bottom - (value / top) * (HEIGHT - TOP - bottom);
  const line = (/** @type {{x: number, y: number}[]} */ dots) => dots.map((dot) => `${x(dot.x).toFixed(1)},${y(dot.y).toFixed(1)}`).join(' ');
  const keys = [...series.map((one, n) => ({ name: one.name, color: ink.marks[n % ink.marks.length], dash: one.dashed ? '4 3' : DASHES[n % DASHES.length], n: one.markless ? -1 : n })), ...(chance ? [{ name: chanceName ?? '', color: ink.soft, dash: '1 3', n: -1 }] : [])];
  return html`<svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${label} font-family=${FONT} font-size="12">
    <rect width=${WIDTH} height=${HEIGHT} fill=${ink.ground} />
    ${ticks.map((tick) => html`<g key=${tick}><line x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(tick)} y2=${y(tick)} stroke=${ink.line} /><text x=${LEFT - 6} y=${y(tick) + 4} text-anchor="end" fill=${ink.soft}>${yText(tick)}</text></g>`)}
    ${xTicks.map((tick) => html`<g key=${tick.at}><line x1=${x(tick.at)} x2=${x(tick.at)} y1=${HEIGHT - bottom} y2=${HEIGHT - bottom + 4} stroke=${ink.soft} /><text x=${x(tick.at)} y=${HEIGHT - bottom + 17} text-anchor="middle" fill=${ink.soft}>${tick.text}</text></g>`)}
    <text x=${(LEFT + WIDTH - RIGHT) / 2} y=${HEIGHT - bottom + 34} text-anchor="middle" fill=${ink.ink}>${xName}</text>
    <text transform=${`translate(12 ${(TOP + HEIGHT - bottom) / 2}) rotate(-90)`} text-anchor="middle" fill=${ink.ink}>${yName}</text>
    ${chance && html`<polyline points=${line(chance)} fill="none" stroke=${ink.soft} stroke-width="1.5" stroke-dasharray="1 3" />`}
    ${series.map((one, n) => {
      const { color, dash } = keys[n];
      // Intervals of several models at one place would hide each other: each stands a little aside.
      const aside = (n - (series.length - 1) / 2) * 3;
      return html`<g key=${one.name}><polyline points=${line(one.dots)} fill="none" stroke=${color} stroke-width="2" stroke-dasharray=${dash} />
        ${one.dots.map((dot) => dot.low != null && dot.high != null && html`<line x1=${x(dot.x) + aside} x2=${x(dot.x) + aside} y1=${y(dot.low)} y2=${y(dot.high)} stroke=${color} stroke-width="1" />`)}
        ${!one.markless && one.dots.map((dot) => mark(n, x(dot.x), y(dot.y), color))}</g>`;
    })}
    ${keys.map((key, i) => {
      const [kx, ky] = [LEFT + (i % 3) * ((WIDTH - LEFT - RIGHT) / 3), HEIGHT - rows * 18 + Math.floor(i / 3) * 18 + 4];
      return html`<g key=${key.name}><line x1=${kx} x2=${kx + 24} y1=${ky} y2=${ky} stroke=${key.color} stroke-width="2" stroke-dasharray=${key.dash} />${key.n >= 0 && mark(key.n, kx + 12, ky, key.color)}<text x=${kx + 30} y=${ky + 4} fill=${ink.ink}>${key.name}</text></g>`;
    })}
  </svg>`;
}

/**
 * Bars side by side; at most two series.
 * @param {object} props
 * @param {string} props.label
 * @param {{name: string, values: number[]}[]} props.series
 * @param {string[]} props.names of the bars
 * @param {boolean[]} [props.dim] bars that are not chosen
 * @param {string} props.xName
 * @param {string} props.yName
 * @param {(y: number) => string} props.yText
 * @param {import('../map/palette.js').Look} props.look
 */
export function BarChart({ label, series, names, dim, xName, yName, yText, look }) {
  const ink = inks(look);
  const bottom = series.length > 1 ? 62 : 44;
  const ticks = ticksOf(Math.max(...series.flatMap((one) => one.values), 0));
  const top = ticks[ticks.length - 1];
  const slot = (WIDTH - LEFT - RIGHT) / Math.max(1, names.length);
  const wide = Math.max(0.5, (slot * (slot > 6 ? 0.8 : 1)) / series.length);
  const y = (/** @type {number} */ value) => HEIGHT - bottom - (value / top) * (HEIGHT - TOP - bottom);
  const every = Math.max(1, Math.ceil(names.length / 8));
  // The second is hollow: told apart without its colour.
  const colors = [ink.accent, ink.ink];
  return html`<svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${label} font-family=${FONT} font-size="12">
    <rect width=${WIDTH} height=${HEIGHT} fill=${ink.ground} />
    ${ticks.map((tick) => html`<g key=${tick}><line x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(tick)} y2=${y(tick)} stroke=${ink.line} /><text x=${LEFT - 6} y=${y(tick) + 4} text-anchor="end" fill=${ink.soft}>${yText(tick)}</text></g>`)}
    ${series.map((one, n) => one.values.map((value, i) => html`<rect key=${`${n}-${i}`} x=${(LEFT + i * slot + (slot - wide * series.length) / 2 + n * wide).toFixed(2)} y=${y(value).toFixed(2)} width=${wide.toFixed(2)} height=${Math.max(0, HEIGHT - bottom - y(value)).toFixed(2)}
      fill=${n ? ink.ground : colors[0]} fill-opacity=${dim?.[i] ? 0.3 : 1} stroke=${n ? colors[1] : 'none'} />`))}
    ${names.map((name, i) => i % every === 0 && html`<text key=${i} x=${LEFT + (i + 0.5) * slot} y=${HEIGHT - bottom + 17} text-anchor="middle" fill=${ink.soft}>${name}</text>`)}
    <text x=${(LEFT + WIDTH - RIGHT) / 2} y=${HEIGHT - bottom + 34} text-anchor="middle" fill=${ink.ink}>${xName}</text>
    <text transform=${`translate(12 ${(TOP + HEIGHT - bottom) / 2}) rotate(-90)`} text-anchor="middle" fill=${ink.ink}>${yName}</text>
    ${series.length > 1 && series.map((one, n) => html`<g key=${one.name}><rect x=${LEFT + n * 160} y=${HEIGHT - 18} width="12" height="12" fill=${n ? ink.ground : colors[0]} stroke=${n ? colors[1] : 'none'} /><text x=${LEFT + n * 160 + 18} y=${HEIGHT - 8} fill=${ink.ink}>${one.name}</text></g>`)}
  </svg>`;
}
