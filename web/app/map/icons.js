/**
 * Symbols that differ by shape before they differ by colour, drawn on a canvas at twice
 * their size: post square, joint-duty post shield, pillar triangle on a post, camera eye,
 * station star in a house, unit arrow, place diamond. 28 px, so that each is a 24 px target.
 * @module
 */

const SIZE = 28;
const SCALE = 2;

/**
 * @typedef {(c: CanvasRenderingContext2D, ink: string, paper: string) => void} Draw
 */

/** @param {CanvasRenderingContext2D} c @param {number[][]} points */
function path(c, points) {
  c.beginPath();
  points.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
  c.closePath();
}

/** Fills and rims the current path. @param {CanvasRenderingContext2D} c @param {string} fill @param {string} rim @param {number} [width] */
function paint(c, fill, rim, width = 1.5) {
  c.lineJoin = 'round';
  c.lineWidth = width + 2;
  c.strokeStyle = rim;
  c.stroke();
  c.fillStyle = fill;
  c.fill();
}

/** @param {boolean} filled @returns {Draw} */
const arrow = (filled) => (c, ink, paper) => {
  path(c, [[14, 3], [23, 24], [14, 19.5], [5, 24]]);
  paint(c, filled ? ink : paper, paper);
  c.lineWidth = 2;
  c.strokeStyle = ink;
  c.stroke();
};

/** @param {'online'|'pressed'|'answered'|'offline'} state @returns {Draw} */
const pillar = (state) => (c, ink, paper) => {
  c.beginPath();
  c.rect(12.5, 15, 3, 10);
  paint(c, ink, paper);
  path(c, [[14, 2.5], [23, 17], [5, 17]]);
  paint(c, state === 'offline' ? paper : ink, paper);
  c.lineWidth = 2;
  c.strokeStyle = ink;
  c.stroke();
  c.strokeStyle = c.fillStyle = paper;
  if (state === 'pressed') {
    c.fillRect(13, 7, 2, 5);
    c.fillRect(13, 13.2, 2, 2);
  } else if (state === 'answered') {
    c.beginPath();
    c.moveTo(10.5, 12);
    c.lineTo(13, 14.6);
    c.lineTo(17.5, 9.8);
    c.stroke();
  } else if (state === 'offline') {
    c.strokeStyle = ink;
    c.beginPath();
    c.moveTo(6, 5);
    c.lineTo(22, 21);
    c.stroke();
  }
};

/** @param {'blue'|'green'|'yellow'} tier @returns {Draw} */
const place = (tier) => (c, ink, paper) => {
  path(c, [[14, 5], [23, 14], [14, 23], [5, 14]]);
  paint(c, paper, paper);
  c.lineWidth = 2;
  c.strokeStyle = ink;
  c.stroke();
  // One, two or three bars: the tier is read without its colour.
  const bars = { blue: 1, green: 2, yellow: 3 }[tier];
  c.fillStyle = ink;
  for (let i = 0; i < bars; i++) c.fillRect(14 - bars * 1.75 + i * 3.5 + 0.75, 11, 2, 6);
};

/** Icons by name; the palette's key of their colour beside.
 * @type {Record<string, {color: 'police'|'unit'|'pillar'|'camera'|'place', draw: Draw}>} */
export const ICONS = {
  stations: {
    color: 'police',
    draw(c, ink, paper) {
      path(c, [[14, 3], [25, 12], [22.5, 12], [22.5, 25], [5.5, 25], [5.5, 12], [3, 12]]);
      paint(c, ink, paper);
      const star = Array.from({ length: 10 }, (_, i) => {
        const r = i % 2 ? 2.2 : 5.4;
        const a = (i * Math.PI) / 5 - Math.PI / 2;
        return [14 + r * Math.cos(a), 16.6 + r * Math.sin(a)];
      });
      path(c, star);
      c.fillStyle = paper;
      c.fill();
    },
  },
  posts: {
    color: 'police',
    draw(c, ink, paper) {
      c.beginPath();
      c.rect(6, 6, 16, 16);
      paint(c, ink, paper);
      c.fillStyle = paper;
      c.fillRect(11.5, 11.5, 5, 5);
    },
  },
  joint_duty_posts: {
    color: 'police',
    draw(c, ink, paper) {
      c.beginPath();
      c.moveTo(14, 3);
      c.lineTo(24, 6);
      c.lineTo(24, 14);
      c.bezierCurveTo(24, 20, 19, 23.5, 14, 25.5);
      c.bezierCurveTo(9, 23.5, 4, 20, 4, 14);
      c.lineTo(4, 6);
      c.closePath();
      paint(c, ink, paper);
      c.strokeStyle = paper;
      c.lineWidth = 2;
      c.beginPath();
      c.moveTo(14, 8);
      c.lineTo(14, 20);
      c.moveTo(8.5, 13);
      c.lineTo(19.5, 13);
      c.stroke();
    },
  },
  cameras: {
    color: 'camera',
    draw(c, ink, paper) {
      c.beginPath();
      c.moveTo(3, 14);
      c.quadraticCurveTo(14, 3, 25, 14);
      c.quadraticCurveTo(14, 25, 3, 14);
      c.closePath();
      paint(c, paper, paper);
      c.lineWidth = 2;
      c.strokeStyle = ink;
      c.stroke();
      c.beginPath();
      c.arc(14, 14, 3.6, 0, 7);
      c.fillStyle = ink;
      c.fill();
    },
  },
  'pillars-online': { color: 'pillar', draw: pillar('online') },
  'pillars-pressed': { color: 'pillar', draw: pillar('pressed') },
  'pillars-answered': { color: 'pillar', draw: pillar('answered') },
  'pillars-offline': { color: 'pillar', draw: pillar('offline') },
  'places-blue': { color: 'place', draw: place('blue') },
  'places-green': { color: 'place', draw: place('green') },
  'places-yellow': { color: 'place', draw: place('yellow') },
  'units-idle': { color: 'unit', draw: arrow(true) },
  'units-busy': { color: 'unit', draw: arrow(false) },
};

/**
 * The disc a stop's number stands on, one for each hue of a route; a must-visit has a
 * wider rim.
 * @param {string} color
 * @param {boolean} must
 * @returns {Draw}
 */
const disc = (color, must) => (c, _ink, paper) => {
  c.beginPath();
  c.arc(14, 14, must ? 8.5 : 10, 0, 7);
  paint(c, color, paper, must ? 5 : 1.5);
};

/** An empty canvas of an icon's size. */
function blank() {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE * SCALE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  context.scale(SCALE, SCALE);
  return { canvas, context };
}

/**
 * @param {string} name
 * @param {import('./palette.js').Palette} palette
 */
function canvasOf(name, palette) {
  const { canvas, context } = blank();
  const icon = ICONS[name];
  icon.draw(context, palette[icon.color], palette.paper);
  return { canvas, context };
}

/**
 * Puts every icon into the map, or repaints it there for another look.
 * @param {import('maplibre-gl').Map} map
 * @param {import('./palette.js').Palette} palette
 */
export function installIcons(map, palette) {
  for (const name of Object.keys(ICONS)) {
    putImage(map, name, canvasOf(name, palette).context);
  }
  palette.routes.forEach((color, n) => {
    for (const must of [false, true]) {
      const { context } = blank();
      disc(color, must)(context, palette.ink, palette.paper);
      putImage(map, `${must ? 'must' : 'stop'}-${n}`, context);
    }
  });
}

/**
 * Puts one drawing into the map, or repaints it there.
 * @param {import('maplibre-gl').Map} map
 * @param {string} name
 * @param {Draw} draw
 */
export function canvasImage(map, name, draw) {
  const { context } = blank();
  draw(context, '', '');
  putImage(map, name, context);
}

/** One drawing for a list beside the map. @param {Draw} draw */
export function drawingUrl(draw) {
  const { canvas, context } = blank();
  draw(context, '', '');
  return canvas.toDataURL();
}

/** @param {import('maplibre-gl').Map} map @param {string} name @param {CanvasRenderingContext2D} context */
function putImage(map, name, context) {
  const pixels = context.getImageData(0, 0, SIZE * SCALE, SIZE * SCALE);
  if (map.hasImage(name)) map.updateImage(name, pixels);
  else map.addImage(name, pixels, { pixelRatio: SCALE });
}

/**
 * The same drawing for a list beside the map.
 * @param {string} name
 * @param {import('./palette.js').Palette} palette
 */
export const iconUrl = (name, palette) => canvasOf(name, palette).canvas.toDataURL();
