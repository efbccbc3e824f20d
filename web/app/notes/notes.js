/**
 * Notes on a map: a text, an arrow, an area, each with a few words. They live in the page's
 * address and nowhere else: whoever has the link has them, and the service stores nothing.
 * Plain functions without a browser.
 * @module
 */

export const KINDS = /** @type {const} */ (['text', 'arrow', 'area']);
/** An address must stay one that mail programs pass on. */
export const MOST_NOTES = 12;
export const MOST_CORNERS = 16;
export const LONGEST = 60;

/**
 * @typedef {typeof KINDS[number]} NoteKind
 * @typedef {[number, number]} Point longitude, latitude
 * @typedef {{kind: NoteKind, points: Point[], words: string}} Note
 */

/** How many points each kind has, at least and at most. @type {Record<NoteKind, [number, number]>} */
export const POINTS = { text: [1, 1], arrow: [2, 2], area: [3, MOST_CORNERS] };

/**
 * What looks like a person's: an e-mail address, a mobile number, an identity number, a
 * number plate; blanks and hyphens inside count for nothing. The service refuses such texts
 * where it stores them (`person_scan.rs`); these never reach it, and are refused here.
 */
const PERSONAL = [/[\w.+-]+@[\w-]+\.\w+/u, /1[3-9](?:[\s-]?\d){9}(?!\d)/u, /\d(?:[\s-]?\d){16}[\s-]?[\dXx]/u, /[\u4e00-\u9fff][\s·]?[A-Za-z][\s·]?(?=[A-Za-z0-9]{0,5}\d)[A-Za-z0-9]{5,6}(?![A-Za-z0-9])/u];

/** @param {string} words */
export const looksPersonal = (words) => PERSONAL.some((pattern) => pattern.test(words.normalize('NFKC')));

/** One line without what no one types. @param {string} words */
export const tidy = (words) => [...words.replace(/[\p{C}\s]+/gu, ' ').trim()].slice(0, LONGEST).join('');

/** About a metre. @param {number} n */
const short = (n) => String(Number(n.toFixed(5)));

/** @param {Note} note */
export const noteText = ({ kind, points, words }) => `${kind}~${points.map((point) => point.map(short).join(',')).join(',')}~${words}`;

/** A note as it stands in an address; null where it is none. @param {string} text @returns {Note|null} */
export function parseNote(text) {
  const [kind, places, ...rest] = text.split('~');
  const known = KINDS.find((one) => one === kind);
  if (!known || !places) return null;
  const n = places.split(',').map((part) => (part.trim() ? Number(part) : Number.NaN));
  if (n.length % 2 || n.some((value, i) => !Number.isFinite(value) || Math.abs(value) > (i % 2 ? 85 : 180))) return null;
  /** @type {Point[]} */
  const points = [];
  for (let i = 0; i < n.length; i += 2) points.push([n[i], n[i + 1]]);
  const [least, most] = POINTS[known];
  const words = tidy(rest.join('~'));
  if (points.length < least || points.length > most || (known === 'text' && !words) || looksPersonal(words)) return null;
  return { kind: known, points, words };
}

/** @param {string[]} texts of an address @returns {Note[]} what can't be read is left out */
export const parseNotes = (texts) => texts.map(parseNote).filter((note) => note !== null).slice(0, MOST_NOTES);

/** The middle of a note, to go to. @param {Note} note @returns {Point} */
export function middleOf({ points }) {
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}

/**
 * What the map draws, numbered as in the list. An arrow's head turns with its last stretch
 * on the map (Mercator), in degrees clockwise from north.
 * @param {Note[]} notes
 * @returns {GeoJSON.FeatureCollection}
 */
export function featuresOf(notes) {
  /** @type {GeoJSON.Feature[]} */
  const features = [];
  notes.forEach(({ kind, points, words }, i) => {
    const n = i + 1;
    const label = words ? `${n}  ${words}` : String(n);
    if (kind === 'area') features.push({ type: 'Feature', properties: { n, part: 'area' }, geometry: { type: 'Polygon', coordinates: [[...points, points[0]]] } });
    if (kind === 'arrow') {
      const [[x0, y0], [x1, y1]] = points;
      const turn = (Math.atan2(x1 - x0, (y1 - y0) / Math.cos((y1 * Math.PI) / 180)) * 180) / Math.PI;
      features.push({ type: 'Feature', properties: { n, part: 'shaft' }, geometry: { type: 'LineString', coordinates: points } }, { type: 'Feature', properties: { n, part: 'head', turn }, geometry: { type: 'Point', coordinates: points[1] } });
    }
    // Words stand inside an area, and beside an arrow's tail, away from its shaft.
    const anchor = kind === 'area' ? 'center' : kind === 'arrow' && points[1][0] > points[0][0] ? 'right' : 'left';
    features.push({ type: 'Feature', properties: { n, part: kind === 'text' ? 'pin' : 'label', label, anchor }, geometry: { type: 'Point', coordinates: kind === 'area' ? middleOf(notes[i]) : points[0] } });
  });
  return { type: 'FeatureCollection', features };
}
