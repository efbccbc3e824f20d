/**
 * What a feature says of itself: name, state and the rest of its fields in words.
 * @module
 */
import { distance, whole } from '../format.js';
import { nameOf, t, word } from '../i18n/speak.js';

/** @typedef {Record<string, any>} Properties */

/** @param {Properties} p */
export const titleOf = (p) => String(p.call_sign || p.name || p.id || '');

/** A position in figures. @param {[number, number]} position */
export const placeText = ([lon, lat]) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`;

/** The one word that matters in a list. @param {string} kind @param {Properties} p */
export function stateOf(kind, p) {
  if (kind === 'pillars') return word('state', p.state ?? '');
  if (kind === 'units') return word('status', p.status ?? '');
  if (kind === 'places') return [word('tier', p.tier ?? ''), p.place_kind].filter(Boolean).join(' · ');
  if (kind === 'posts') return p.hours ?? '';
  if (kind === 'joint_duty_posts') return p.visit_every_s ? t('every_minutes', { n: whole(p.visit_every_s / 60) }) : '';
  if (kind === 'cameras') return p.view_m ? distance(p.view_m) : '';
  return '';
}

/**
 * Fields as pairs of label and text; what is empty is left out.
 * @param {string} kind
 * @param {Properties} p
 * @param {(kind: string, id: string) => string} nameOfId name of another feature
 * @returns {[string, string][]}
 */
export function fieldsOf(kind, p, nameOfId) {
  /** @type {[string, string][]} */
  const rows = [];
  if (kind === 'pillars') rows.push([t('state'), word('state', p.state ?? '')]);
  if (kind === 'units') rows.push([t('state'), word('status', p.status ?? '')], [t('unit_kind'), word('unit', p.unit_kind ?? '')]);
  if (kind === 'places') rows.push([t('tier'), word('tier', p.tier ?? '')], [t('place_kind'), p.place_kind ?? '']);
  if (kind === 'posts') rows.push([t('hours_manned'), p.hours ?? '']);
  if (kind === 'joint_duty_posts') {
    rows.push([t('commercial_district'), p.commercial_district ? nameOfId('commercial_districts', p.commercial_district) : '']);
    rows.push([t('visit_every'), stateOf(kind, p)]);
  }
  if (kind === 'cameras') rows.push([t('view'), p.view_m ? distance(p.view_m) : '']);
  if (p.station) rows.push([t('station'), nameOfId('stations', p.station)]);
  rows.push([t('id'), String(p.id ?? '')]);
  return rows.filter(([, text]) => text !== '');
}

/**
 * A category and, of the second level, what it belongs to.
 * @param {string} code
 * @param {import('../api.js').Category[]} categories
 */
export function categoryText(code, categories) {
  const known = categories.find((c) => c.code === code);
  if (!known) return code;
  const parent = known.parent && known.parent !== code ? categories.find((c) => c.code === known.parent) : undefined;
  return parent ? `${nameOf(parent)} · ${nameOf(known)}` : nameOf(known);
}

/** The icon that stands for a feature of a kind. @param {string} kind @param {Properties} [p] */
export function iconOf(kind, p = {}) {
  if (kind === 'pillars') return `pillars-${['pressed', 'answered', 'offline'].includes(p.state) ? p.state : 'online'}`;
  if (kind === 'places') return `places-${['green', 'yellow'].includes(p.tier) ? p.tier : 'blue'}`;
  if (kind === 'units') return (p.status ?? 'idle') === 'idle' ? 'units-idle' : 'units-busy';
  return kind;
}

/** A position in the middle of a geometry's first ring or line. @param {GeoJSON.Geometry|null} geometry @returns {[number, number]|null} */
export function middleOf(geometry) {
  if (geometry?.type === 'Point') return [geometry.coordinates[0], geometry.coordinates[1]];
  const ring = geometry?.type === 'Polygon' ? geometry.coordinates[0] : geometry?.type === 'MultiPolygon' ? geometry.coordinates[0][0] : null;
  if (!ring) return null;
  const xs = ring.map((c) => c[0]);
  const ys = ring.map((c) => c[1]);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}
