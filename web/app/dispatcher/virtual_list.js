/**
 * A list of which only the rows in sight exist: five thousand calls cost what forty do. A
 * listbox for keys and readers; what is scrolled to stays in place when rows come above it.
 * @module
 */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';

/** Rows drawn beyond what is seen, at each end. */
const SPARE = 6;

/**
 * @template T
 * @param {{id: string, label: string, items: T[], height: number, keyOf: (item: T) => string, row: (item: T) => any, titleOf?: (item: T) => boolean,
 *   chosen: string|null, pick: (item: T) => void, enter?: (item: T) => void, above?: (hidden: T[]) => string}} props `titleOf`: whether the row is a heading;
 *   `above`: what is said of the rows that are scrolled past, if anything
 */
export function VirtualList({ id, label, items, height, keyOf, row, titleOf = () => false, chosen, pick, enter, above = () => '' }) {
  const box = useRef(/** @type {HTMLDivElement|null} */ (null));
  const [view, setView] = useState({ top: 0, tall: 400 });
  const anchor = useRef({ key: '', offset: 0 });
  const measured = () => {
    const it = box.current;
    if (!it) return;
    const top = it.scrollTop;
    const first = Math.floor(top / height);
    anchor.current = { key: items[first] ? keyOf(items[first]) : '', offset: top - first * height };
    setView((old) => (old.top === top && old.tall === it.clientHeight ? old : { top, tall: it.clientHeight }));
  };
  useEffect(() => {
    const it = box.current;
    if (!it) return undefined;
    const watcher = new ResizeObserver(measured);
    watcher.observe(it);
    return () => watcher.disconnect();
  }, []);
  // Rows that come or go above what is seen must not move it.
  useLayoutEffect(() => {
    const it = box.current;
    if (!it || it.scrollTop === 0 || !anchor.current.key) return;
    const first = Math.floor(it.scrollTop / height);
    if (items[first] && keyOf(items[first]) === anchor.current.key) return;
    const at = items.findIndex((item) => keyOf(item) === anchor.current.key);
    if (at >= 0) it.scrollTop = at * height + anchor.current.offset;
  }, [items]);
  // What is chosen by keys comes into sight.
  useLayoutEffect(() => {
    const it = box.current;
    const at = chosen === null ? -1 : items.findIndex((item) => keyOf(item) === chosen);
    if (!it || at < 0) return;
    if (at * height < it.scrollTop) it.scrollTop = at * height;
    else if ((at + 1) * height > it.scrollTop + it.clientHeight) it.scrollTop = (at + 1) * height - it.clientHeight;
    measured();
  }, [chosen]);
  const first = Math.max(0, Math.floor(view.top / height) - SPARE);
  const last = Math.min(items.length, Math.ceil((view.top + view.tall) / height) + SPARE);
  const shown = items.slice(first, last);
  const choosable = items.filter((item) => !titleOf(item));
  /** @param {KeyboardEvent} event */
  const keyed = (event) => {
    const at = choosable.findIndex((item) => keyOf(item) === chosen);
    const page = Math.max(1, Math.floor(view.tall / height) - 1);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: choosable.length - 1, PageDown: at + page, PageUp: at - page }[event.key];
    if (to !== undefined && choosable.length) {
      event.preventDefault();
      pick(choosable[Math.min(choosable.length - 1, Math.max(0, to))]);
    } else if (event.key === 'Enter' && enter && at >= 0) {
      event.preventDefault();
      event.stopPropagation();
      enter(choosable[at]);
    }
  };
  const isSeen = chosen !== null && shown.some((item) => keyOf(item) === chosen);
  const hidden = above(items.slice(0, Math.ceil(view.top / height)));
  return html`${hidden && html`<button type="button" class="above" onClick=${() => { if (box.current) box.current.scrollTop = 0; }}><span aria-hidden="true">↑</span> ${hidden}</button>`}<div class="rows" id=${id} ref=${box} role="listbox" tabindex="0" aria-label=${label} aria-activedescendant=${isSeen ? `${id}-${chosen}` : undefined}
    onScroll=${measured} onKeyDown=${keyed}>
    <div role="presentation" style=${`height:${items.length * height}px;padding-block-start:${first * height}px;box-sizing:border-box;overflow:hidden`}>
      ${shown.map((item, i) => {
        const key = keyOf(item);
        // Headings tell readers where they are: options name their group themselves.
        if (titleOf(item)) return html`<div key=${key} class="group" role="presentation" style=${`height:${height}px`}>${row(item)}</div>`;
        return html`<div key=${key} id=${`${id}-${key}`} class="row-item" role="option" aria-selected=${key === chosen} aria-posinset=${first + i + 1} aria-setsize=${items.length}
          style=${`height:${height}px`} onClick=${() => pick(item)} onDblClick=${enter && (() => enter(item))}>${row(item)}</div>`;
      })}
    </div>
  </div>`;
}
