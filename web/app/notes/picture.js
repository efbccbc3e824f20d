/**
 * The map as a PNG for a report: the drawn map, the notes by number, and what it shows.
 * The frame is read while it is drawn, since a map's canvas is empty afterwards.
 * @module
 */
import { word } from '../i18n/speak.js';
import { FONT, pngOfCanvas, save } from '../ui/save_file.js';

const [PAD, LINE, GAP] = [16, 22, 2];

/** The map's next frame. @param {import('maplibre-gl').Map} map @returns {Promise<HTMLCanvasElement>} */
export const frameOf = (map) => new Promise((resolve) => {
  map.once('render', () => {
    const drawn = map.getCanvas();
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [drawn.width, drawn.height];
    const pen = /** @type {CanvasRenderingContext2D} */ (copy.getContext('2d'));
    // The map's canvas is clear where nothing is drawn: the page's ground is below it.
    pen.fillStyle = getComputedStyle(map.getContainer()).backgroundColor;
    pen.fillRect(0, 0, copy.width, copy.height);
    pen.drawImage(drawn, 0, 0);
    resolve(copy);
  });
  map.triggerRepaint();
});

/**
 * @typedef {object} About
 * @property {string} title
 * @property {import('./notes.js').Note[]} notes
 * @property {string[]} facts what is shown
 * @property {{color: string, opacity: number, text: string}[]} [legend]
 *
 * @param {import('maplibre-gl').Map[]} maps side by side
 * @param {About} about
 */
export async function savePicture(maps, { title, notes, facts, legend = [] }) {
  const frames = await Promise.all(maps.map(frameOf));
  const frame = { width: frames.reduce((sum, one) => sum + one.width, 0) + GAP * (frames.length - 1), height: Math.max(...frames.map((one) => one.height)) };
  const scale = frames[0].width / maps[0].getCanvas().clientWidth;
  const lines = [...notes.map((note, i) => `${i + 1}  ${word('n_kind', note.kind)}${note.words ? `: ${note.words}` : ''}`), ...facts];
  const canvas = document.createElement('canvas');
  canvas.width = frame.width;
  const [head, foot] = [LINE + 2 * PAD, (lines.length + legend.length) * LINE + 2 * PAD];
  canvas.height = frame.height + (head + foot) * scale;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const style = getComputedStyle(document.body);
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  let left = 0;
  for (const one of frames) {
    pen.drawImage(one, left, head * scale);
    left += one.width + GAP;
  }
  pen.scale(scale, scale);
  pen.fillStyle = style.color;
  pen.textBaseline = 'middle';
  pen.font = `650 16px ${FONT}`;
  pen.fillText(title, PAD, PAD + LINE / 2);
  pen.font = `13px ${FONT}`;
  const top = head + frame.height / scale + PAD;
  lines.forEach((line, i) => pen.fillText(line, PAD, top + i * LINE + LINE / 2));
  legend.forEach(({ color, opacity, text }, i) => {
    const y = top + (lines.length + i) * LINE;
    pen.fillStyle = color;
    pen.globalAlpha = opacity;
    pen.fillRect(PAD, y + 4, 24, LINE - 8);
    pen.globalAlpha = 1;
    pen.fillStyle = style.color;
    pen.fillText(text, PAD + 32, y + LINE / 2);
  });
  save('map.png', await pngOfCanvas(canvas));
}
