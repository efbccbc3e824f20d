/**
 * Parts of the screen whose modules are read when they are first needed: nothing of them
 * is in the way of the first frame.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { t } from '../i18n/speak.js';
import { Failed, Loading } from './states.js';

/** @typedef {(props: any) => any} Part */

/** @type {Record<string, () => Promise<Part>>} */
const PARTS = {
  plan: () => import('./plan_panel.js').then((m) => m.PlanPanel),
  simulate: () => import('./simulate_panel.js').then((m) => m.SimulatePanel),
  place_wishes: () => import('./place_wishes.js').then((m) => m.PlaceWishes),
  give_stop: () => import('./give_stop.js').then((m) => m.GiveStop),
  area_wishes: () => import('./area_wishes.js').then((m) => m.AreaWishes),
  coverage: () => import('./coverage_panel.js').then((m) => m.CoveragePanel),
  coverage_legend: () => import('./coverage_legend.js').then((m) => m.CoverageLegend),
  zones: () => import('./zones_panel.js').then((m) => m.ZonesPanel),
  zones_legend: () => import('./zones_legend.js').then((m) => m.ZonesLegend),
  notes: () => import('../notes/on_desk.js').then((m) => m.NotesOnDesk),
  beat_lock: () => import('./beat_lock.js').then((m) => m.BeatLock),
};

/** @type {Map<string, Part>} */
const read = new Map();

/**
 * @param {string} name
 * @returns {Promise<Part>}
 */
async function part(name) {
  const found = read.get(name) ?? await PARTS[name]();
  read.set(name, found);
  return found;
}

/** Reads all of them, once nothing else is to be done. */
export const readLater = () => Promise.allSettled(Object.keys(PARTS).map(part));

/**
 * @param {{name: string} & Record<string, unknown>} props `name` of the part; the rest is the part's own
 */
export function Later({ name, ...props }) {
  const [, look] = useState(0);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (read.has(name)) return undefined;
    let gone = false;
    part(name).then(() => gone || look((n) => n + 1), (fault) => gone || setProblem(fault));
    return () => { gone = true; };
  }, [name, round]);
  const Found = read.get(name);
  if (Found) return html`<${Found} ...${props} />`;
  if (problem !== null) return html`<${Failed} title=${t('part_failed')} problem=${problem} retry=${() => { setProblem(null); setRound(round + 1); }} />`;
  return html`<${Loading} />`;
}
