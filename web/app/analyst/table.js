/**
 * The incidents of the filter as a table that is scrolled through without being there: only
 * the rows in sight exist, and pages of them come from the service as they come into sight. A
 * million rows are a long scroll bar.
 * @module
 */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { clock, day, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Empty, Failed, Loading } from '../ui/states.js';
import { fetchRows } from './api.js';

const ROW_PX = 26;
const PAGE = 200;
/** Browsers draw nothing taller than some ten million pixels; then the bar is a scale. */
const TALLEST_PX = 8e6;
const SPARE = 8;
/** Whoever drags the bar passes pages that nobody will read. */
const SETTLE_MS = 60;

/** @typedef {import('./api.js').Row} Row */

/**
 * @param {object} props
 * @param {string} props.query of the filter
 * @param {'newest'|'oldest'} props.order
 * @param {number} props.version of the data
 * @param {string} props.chosen id
 * @param {(row: Row|null) => void} props.choose
 * @param {(order: 'newest'|'oldest') => void} props.sort
 * @param {(code: string) => string} props.categoryName
 */
export function IncidentTable({ query, order, version, chosen, choose, sort, categoryName }) {
  const box = useRef(/** @type {HTMLDivElement|null} */ (null));
  const key = `${query}|${order}|${version}`;
  const [view, setView] = useState({ top: 0, tall: 300 });
  const [job, setJob] = useState(/** @type {{key: string, total: number|null, pages: Map<number, Row[]>, problem: unknown}} */ ({ key: '', total: null, pages: new Map(), problem: null }));
  const [at, setAt] = useState(/** @type {number|null} */ (null));
  const [round, setRound] = useState(0);
  const asked = useRef(new Set());
  /** A row picked here is not looked for again. */
  const own = useRef('');
  const fresh = job.key === key;
  const total = fresh ? job.total : null;
  const pages = fresh ? job.pages : new Map();
  const seen = Math.max(1, Math.floor(view.tall / ROW_PX));
  const height = Math.min((total ?? 0) * ROW_PX, TALLEST_PX);
  const scaled = (total ?? 0) * ROW_PX > TALLEST_PX;
  const most = Math.max(0, (total ?? 0) - seen);
  const first = scaled ? Math.round((view.top / Math.max(1, height - view.tall)) * most) : Math.floor(view.top / ROW_PX);
  const start = Math.max(0, first - (scaled ? 0 : SPARE));
  const end = Math.min(total ?? 0, first + seen + SPARE);

  const address = (/** @type {string} */ more) => `${query}${query ? '&' : ''}order=${order}&limit=${PAGE}&${more}`;
  const take = (/** @type {import('./api.js').Page} */ page) => setJob((old) => {
    const kept = old.key === key ? old.pages : new Map();
    return { key, total: page.number_matched, pages: new Map([...kept, [Math.floor(page.offset / PAGE), page.features]]), problem: null };
  });

  const wanted = total === null ? [0] : range(Math.floor(start / PAGE), Math.floor(Math.max(start, end - 1) / PAGE)).filter((page) => page * PAGE < total);
  useEffect(() => {
    if (!fresh) asked.current = new Set();
    const missing = wanted.filter((page) => !pages.has(page) && !asked.current.has(page));
    if (!missing.length) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      for (const page of missing) {
        asked.current.add(page);
        fetchRows(address(`offset=${page * PAGE}`), abort.signal).then(take, (problem) => {
          asked.current.delete(page);
          if (!abort.signal.aborted) setJob((old) => ({ ...(old.key === key ? old : { total: null, pages: new Map() }), key, problem }));
        });
      }
    }, total === null ? 0 : SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
      for (const page of missing) asked.current.delete(page);
    };
  }, [key, wanted.join(), round]);

  useEffect(() => {
    own.current = '';
    setAt(null);
    if (box.current) box.current.scrollTop = 0;
  }, [key]);
  // What was picked on the map, or came with the address, is looked up and brought into sight.
  useEffect(() => {
    if (!chosen || own.current === chosen) return undefined;
    const abort = new AbortController();
    fetchRows(address(`around=${encodeURIComponent(chosen)}`), abort.signal).then((page) => {
      take(page);
      const i = page.features.findIndex((row) => row.properties.id === chosen);
      // It is not among these: nothing is chosen here.
      if (i < 0) return choose(null);
      own.current = chosen;
      setAt(page.offset + i);
      choose(page.features[i]);
      requestAnimationFrame(() => show(page.offset + i, page.number_matched));
    }, (problem) => abort.signal.aborted || setJob((old) => ({ ...old, problem })));
    return () => abort.abort();
  }, [chosen, key]);

  const measured = () => {
    const it = box.current;
    if (it) setView((old) => (old.top === it.scrollTop && old.tall === it.clientHeight ? old : { top: it.scrollTop, tall: it.clientHeight }));
  };
  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return undefined;
    const watcher = new ResizeObserver(measured);
    watcher.observe(it);
    return () => watcher.disconnect();
  }, [total === null, total === 0]);

  const show = (/** @type {number} */ row, /** @type {number} */ of) => {
    const it = box.current;
    if (!it) return;
    const tall = it.clientHeight - ROW_PX;
    if (of * ROW_PX > TALLEST_PX) it.scrollTop = (Math.max(0, row - 2) / Math.max(1, of - Math.floor(tall / ROW_PX))) * (TALLEST_PX - it.clientHeight);
    else if (row * ROW_PX < it.scrollTop) it.scrollTop = row * ROW_PX;
    else if ((row + 1) * ROW_PX > it.scrollTop + tall) it.scrollTop = (row + 1) * ROW_PX - tall;
    measured();
  };
  const rowAt = (/** @type {number} */ i) => pages.get(Math.floor(i / PAGE))?.[i % PAGE] ?? null;
  const pick = (/** @type {number} */ i) => {
    const row = rowAt(i);
    setAt(i);
    if (!row) return;
    own.current = row.properties.id;
    choose(row);
  };
  /** A row that is not there yet is chosen when it comes. */
  const pending = at !== null && rowAt(at);
  useEffect(() => {
    if (at !== null && pending && pending.properties.id !== chosen && own.current !== chosen) pick(at);
  }, [pending]);

  const keyed = (/** @type {KeyboardEvent} */ event) => {
    if (!total) return;
    const now = at ?? first - 1;
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, PageDown: now + seen - 1, PageUp: now - seen + 1, Home: 0, End: total - 1 }[event.key];
    if (to === undefined) {
      if (event.key === 'Escape' && chosen) {
        own.current = '';
        choose(null);
        event.stopPropagation();
      }
      return;
    }
    event.preventDefault();
    const row = Math.min(total - 1, Math.max(0, to));
    show(row, total);
    pick(row);
  };

  if (fresh && job.problem !== null && !pages.size) return html`<${Failed} title=${t('a_rows_failed')} problem=${job.problem} retry=${() => { setJob({ key: '', total: null, pages: new Map(), problem: null }); setRound(round + 1); }} />`;
  if (total === null) return html`<${Loading} text=${t('a_rows_loading')} />`;
  if (total === 0) return html`<${Empty} text=${t('a_nothing')} />`;
  const columns = /** @type {const} */ (['time', 'until', 'category', 'priority', 'origin', 'call', 'id']);
  const rows = range(start, end - 1);
  return html`
    ${job.problem !== null && html`<${Failed} title=${t('a_rows_failed')} problem=${job.problem} retry=${() => { setJob({ ...job, problem: null }); setRound(round + 1); }} />`}
    <div class="incident-table" role="grid" tabindex="0" ref=${box} aria-label=${t('a_table_label', { n: whole(total) })} aria-rowcount=${total + 1} aria-colcount=${columns.length}
      aria-activedescendant=${at !== null && at >= start && at < end ? `row-${at}` : undefined} onScroll=${measured} onKeyDown=${keyed}>
      <div role="row" class="table-head" aria-rowindex="1">
        ${columns.map((name) => html`<span key=${name} role="columnheader" aria-sort=${name === 'time' ? (order === 'newest' ? 'descending' : 'ascending') : undefined}>${name === 'time'
          ? html`<button type="button" class="link" onClick=${() => sort(order === 'newest' ? 'oldest' : 'newest')}>${t('time')} ${order === 'newest' ? '▼' : '▲'}<span class="sr-only"> ${t(order === 'newest' ? 'a_newest' : 'a_oldest')}</span></button>`
          : name === 'until' ? t('a_until') : name === 'category' ? t('category') : name === 'priority' ? t('priority') : name === 'origin' ? t('origin') : name === 'call' ? t('call') : t('id')}</span>`)}
      </div>
      <div role="presentation" class="table-space" style=${`height:${height}px`}>
        <div role="presentation" style=${`transform:translateY(${scaled ? view.top : start * ROW_PX}px)`}>
          ${rows.map((i) => {
            const row = rowAt(i);
            const it = row?.properties;
            return html`<div key=${i} id=${`row-${i}`} role="row" class="table-row" aria-rowindex=${i + 2} aria-selected=${it ? it.id === chosen : false} onClick=${() => pick(i)}>
              ${it ? html`<span role="gridcell">${day(it.at)} ${clock(it.at)}</span><span role="gridcell">${it.until ? `${day(it.until) === day(it.at) ? '' : `${day(it.until)} `}${clock(it.until)}` : ''}</span>
                <span role="gridcell">${categoryName(it.category)}</span><span role="gridcell">${word('priority', String(it.priority))}</span><span role="gridcell">${word('origin', it.origin)}</span><span role="gridcell">${word('call', it.state)}</span><span role="gridcell" class="code">${it.id}</span>`
                : html`<span role="gridcell" class="waiting">…</span>`}
            </div>`;
          })}
        </div>
      </div>
    </div>`;
}

/** @param {number} from @param {number} to both included */
const range = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
