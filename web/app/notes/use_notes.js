/**
 * Keeps the notes of a page's address on its map, in the look of the page.
 * @module
 */
import { useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { PALETTES } from '../map/palette.js';
import { NotesLayer } from './layer.js';

/**
 * @param {import('maplibre-gl').Map|null} map whose style is loaded
 * @param {import('../map/palette.js').Look} look
 * @param {import('./notes.js').Note[]} notes
 * @returns {NotesLayer|null}
 */
export function useNotes(map, look, notes) {
  const [layer, setLayer] = useState(/** @type {NotesLayer|null} */ (null));
  useEffect(() => {
    if (!map) return undefined;
    const made = new NotesLayer(map, PALETTES[look]);
    setLayer(made);
    return () => made.remove();
  }, [map]);
  useEffect(() => layer?.setPalette(PALETTES[look]), [layer, look]);
  useEffect(() => layer?.show(notes), [layer, notes]);
  return layer;
}
