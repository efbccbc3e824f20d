/**
 * Every colour of the map, for day and for night. Risk is the only warm thing; units and
 * routes are cool and differ in lightness; magenta belongs to alarm pillars alone.
 * @module
 */

/** @typedef {'day'|'night'} Look */

/**
 * @typedef {object} Palette
 * @property {string} water
 * @property {string} green
 * @property {string} building
 * @property {string} street
 * @property {string} major
 * @property {string} casing
 * @property {string} railway
 * @property {string} label
 * @property {string} halo
 * @property {string} border the district's border
 * @property {string} beat
 * @property {string} zone
 * @property {string} commerce
 * @property {string} outside wash over what lies outside the district
 * @property {string} ink outline of the hottest class and of what is selected
 * @property {string} police posts and stations
 * @property {string} unit
 * @property {string} pillar
 * @property {string} camera
 * @property {string} place
 * @property {string} incident
 * @property {string} firm borders of a draft
 * @property {string} gap where nobody comes in time
 * @property {readonly string[]} work classes of zones by their work, little to much
 * @property {string} paper inside of icons
 * @property {readonly string[]} ramp classes 1 to 5
 * @property {readonly number[]} weight of classes 1 to 5 in the opacity chosen
 * @property {readonly string[]} routes
 */

/** @type {Record<Look, Palette>} */
export const PALETTES = {
  day: {
    water: '#cfd8de', green: '#e0e6df', building: '#e0e2e4',
    street: '#ffffff', major: '#ffffff', casing: '#c9ced2', railway: '#b9bfc4',
    label: '#3c454c', halo: 'rgba(255,255,255,.88)',
    border: '#4a555d', beat: '#6f7b84', zone: '#5c6f86', commerce: '#7d6a94', outside: 'rgba(222,225,227,.72)', ink: '#2b0d06',
    police: '#1c4480', unit: '#0b5cad', pillar: '#c2006b', camera: '#45525c', place: '#45525c', incident: '#33404a', firm: '#22313b', gap: '#5b2a7a', paper: '#ffffff',
    work: ['#eef3f6', '#c6dbe4', '#8fbccd', '#4d8fae', '#1d5f86'],
    ramp: ['#fbe48c', '#f5b63f', '#e27620', '#b32d10', '#660010'],
    weight: [0.9, 0.95, 1, 1.12, 1.24],
    routes: ['#0c246d', '#0891c9', '#006855', '#04b3a4', '#492676', '#7565bb', '#7195e8', '#007491'],
  },
  night: {
    water: '#0b1016', green: '#141c1b', building: '#192027',
    street: '#28313a', major: '#343f4a', casing: '#12171c', railway: '#2c353d',
    label: '#94a1ac', halo: 'rgba(14,18,22,.9)',
    border: '#8b99a5', beat: '#6b7985', zone: '#7d93ad', commerce: '#9c8bb5', outside: 'rgba(10,13,16,.6)', ink: '#ffffff',
    police: '#8fb7ee', unit: '#7cc4ff', pillar: '#ff4fa8', camera: '#a7b4bf', place: '#a7b4bf', incident: '#c9d4dd', firm: '#a9b6c1', gap: '#d9a7ff', paper: '#12171c',
    work: ['#16222b', '#1f3a49', '#2c5a70', '#43859f', '#86c3d8'],
    ramp: ['#5c1f4a', '#a12c3c', '#e4591f', '#ffac35', '#fff3ad'],
    weight: [1, 1, 1.05, 1.2, 1.36],
    routes: ['#82efff', '#5e86c8', '#5cd5c7', '#a98ed9', '#1d9ba3', '#d0c5ff', '#3ba888', '#72b8f2'],
  },
};

/** Dashes that tell routes apart once the eight hues are used up, in line widths. */
export const DASHES = /** @type {const} */ ([null, [2.4, 1.4], [0.6, 1.4]]);

/**
 * Colour and dash of the n-th route, from 0.
 * @param {Palette} palette
 * @param {number} n
 */
export function routeStyle(palette, n) {
  const hues = palette.routes.length;
  return { color: palette.routes[n % hues], dash: Math.floor(n / hues) % DASHES.length };
}

/**
 * Black or white, whichever reads better on a colour.
 * @param {string} hex
 */
export function inkOn(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const v = parseInt(hex.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.22 ? '#0b0f12' : '#ffffff';
}
