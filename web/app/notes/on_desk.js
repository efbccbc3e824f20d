/**
 * Notes on the risk map: drawn whenever the address has some, listed where layers are chosen.
 * Read after the first frame, with the style sheet of its own.
 * @module
 */
import { html, useEffect, useMemo, useState } from '../../vendor/htm-preact/standalone.module.js';
import { number, span } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { classOpacity } from '../map/heatmap.js';
import { PALETTES } from '../map/palette.js';
import { change } from '../state.js';
import { noteText, parseNotes } from './notes.js';
import { NotesPanel } from './panel.js';
import { useNotes } from './use_notes.js';

const STYLE = '/assets/styles/notes.css';

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../map/view.js').MapView|null} props.view
 * @param {import('../map/palette.js').Look} props.look
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('../api.js').Risk|null} props.risk
 */
export function NotesOnDesk({ state, view, look, workspace, risk }) {
  const [map, setMap] = useState(/** @type {import('maplibre-gl').Map|null} */ (null));
  const [drawing, setDrawing] = useState(false);
  const [open, setOpen] = useState(state.notes.length > 0);
  const notes = useMemo(() => parseNotes(state.notes), [state.notes]);
  useEffect(() => void view?.whole.then(() => setMap(view.map)), [view]);
  const layer = useNotes(map, look, notes);
  useEffect(() => {
    if (document.querySelector(`link[href='${STYLE}']`)) return;
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: STYLE }));
  }, []);
  useEffect(() => {
    if (view) view.held = drawing;
  }, [view, drawing]);
  if (state.tab !== 'layers') return '';
  const palette = PALETTES[look];
  const heat = risk && !risk.empty && state.shown.includes('risk');
  const facts = () => [...(heat ? [`${span(risk.window)} · ${word('model', risk.model)}`, t('c_legend_one')] : []), workspace.attribution ?? ''].filter(Boolean);
  const legend = heat ? [...risk.classes].filter((one) => one.min_per_km2 !== null && one.cells).sort((a, b) => b.class - a.class).map((one) => ({ color: palette.ramp[one.class - 1], opacity: classOpacity(palette, one.class, state.opacity), text: `≥ ${number(one.min_per_km2 ?? 0)}` })) : [];
  return html`<div class="controls"><details class="block" open=${open} onToggle=${(/** @type {Event} */ e) => setOpen(/** @type {HTMLDetailsElement} */ (e.target).open)}><summary>${t('n_list')}<span class="aside">${notes.length || ''}</span></summary>
    <${NotesPanel} layer=${layer} notes=${notes} change=${(/** @type {import('./notes.js').Note[]} */ list) => change({ notes: list.map(noteText) })} isDrawing=${drawing} draw=${setDrawing} title=${`${workspace.name} · ${t('title')}`} facts=${facts} legend=${legend} /></details></div>`;
}
