/**
 * The analyst's desk: filter, map, and below the map a table, charts, statistics and files, all
 * of the same incidents. The address of the page says all of it.
 * @module
 */
import { html, useEffect, useMemo, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchLayer, fetchWorkspace } from '../api.js';
import { whole } from '../format.js';
import { nameOf, speak, t, word } from '../i18n/speak.js';
import { NotesPanel } from '../notes/panel.js';
import { useNotes } from '../notes/use_notes.js';
import { Failed, Loading, inWords } from '../ui/states.js';
import { fetchProfile } from './api.js';
import { DownloadsPanel } from './downloads_panel.js';
import { EVERYTHING, hoursText, isOpen, known, queryOf, unknown, unreadable } from './filter.js';
import { Filters } from './filters.js';
import { DropGround, FileButton } from './import_drop.js';
import { ImportPanel } from './import_panel.js';
import { TABS, writeLink } from './link.js';
import { AnalystMap } from './map.js';
import { ForecastsPanel, RecordPanel } from './record_panel.js';
import { StatisticsPanel } from './statistics_panel.js';
import { IncidentTable } from './table.js';
import { TimePanel } from './time_panel.js';
import { useImport } from './use_import.js';
import { useKept } from './use_kept.js';

const TOOLS = /** @type {const} */ (['look', 'box', 'ring']);
/** How often the workspace is asked for, so that new data are seen. */
const REFRESH_MS = 30e3;

/** @param {{workspace: import('../api.js').Workspace, first: import('./link.js').State}} props */
export function AnalystDesk({ workspace: opened, first }) {
  const [state, setState] = useState(first);
  const [workspace, setWorkspace] = useState(opened);
  speak(state.lang);
  const look = state.look === 'auto' ? (document.documentElement.dataset.theme === 'night' ? 'night' : 'day') : state.look;
  document.documentElement.dataset.theme = look;
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const drawn = useRef(/** @type {AnalystMap|null} */ (null));
  const [tool, setTool] = useState(/** @type {import('./map.js').Tool} */ ('look'));
  const [trail, setTrail] = useState(0);
  const [mapless, setMapless] = useState(false);
  const [ready, setReady] = useState(/** @type {import('maplibre-gl').Map|null} */ (null));
  const [count, setCount] = useState(1);
  const [sent, setSent] = useState('');
  const [beats, setBeats] = useState(/** @type {GeoJSON.FeatureCollection|null} */ (null));
  const change = (/** @type {Partial<import('./link.js').State>} */ patch) => setState((old) => ({ ...old, ...patch }));
  /** What listeners made once see. */
  const latest = useRef({ change, pick: (/** @type {any} */ _) => {} });

  // Codes and beats of another workspace would be refused: they are left out.
  const filter = useMemo(() => known(state.filter, new Set(workspace.categories.map((one) => one.code)), new Set(beats ? beats.features.map((f) => String(f.properties?.id)) : state.filter.beats)), [state.filter, workspace, beats]);
  // Of the address that was opened; the page writes its own from then on.
  const [unread, setUnread] = useState(() => unreadable(new URLSearchParams(location.search)));
  const leftOut = [...unread, ...unknown(state.filter, filter)];
  const narrow = (/** @type {Partial<import('./filter.js').Filter>} */ patch) => change({ filter: { ...state.filter, ...patch } });
  // An end before its beginning is said beside the fields, and asked of nobody.
  const unfit = Boolean(filter.from && filter.until && filter.until <= filter.from);
  const fit = useRef(filter);
  if (!unfit) fit.current = filter;
  const query = queryOf(fit.current).toString();
  const profile = useKept((signal) => fetchProfile(query, signal), `${query}|${workspace.data_version}`);
  const found = profile.answer;
  const names = useMemo(() => new Map(workspace.categories.map((one) => [one.code, one])), [workspace]);
  const categoryName = (/** @type {string} */ code) => {
    const one = names.get(code);
    return one ? nameOf(one) : code;
  };

  latest.current = { change, pick: (picked) => {
    setCount(picked?.count ?? 1);
    change({ select: picked?.id ?? '', at: picked?.at ?? null, ...(picked && { tab: 'table' }) });
  } };
  const choose = (/** @type {import('./api.js').Row|null} */ row) => {
    setCount(1);
    const at = row && /** @type {[number, number]} */ (row.geometry.coordinates.slice(0, 2));
    change({ select: row?.properties.id ?? '', at });
    if (at) drawn.current?.bringIntoView(at);
  };

  useEffect(() => {
    if (!box.current) return undefined;
    try {
      const made = new AnalystMap(box.current, workspace, look, state.view, {
        pick: (picked) => latest.current.pick(picked),
        drawn: (area) => {
          latest.current.change({ filter: { ...stateNow.current.filter, area } });
          setTool('look');
        },
        trail: setTrail,
        moved: (view) => latest.current.change({ view }),
      });
      drawn.current = made;
      made.ready.then(() => setReady(made.map));
      if (location.search.includes('test=1')) Object.assign(globalThis, { analyst: made });
      return () => made.map.remove();
    } catch {
      // No WebGL: lists and tables still say everything.
      setMapless(true);
      return undefined;
    }
  }, []);
  const notes = useNotes(ready, look, state.notes);
  const stateNow = useRef(state);
  stateNow.current = state;
  useEffect(() => {
    fetchLayer('beats').then((found) => {
      setBeats(found);
      drawn.current?.ready.then(() => drawn.current?.set('kind-beats', found.features));
    }, () => setBeats({ type: 'FeatureCollection', features: [] }));
  }, [workspace.data_version]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) fetchWorkspace().then((fresh) => setWorkspace((old) => (fresh.data_version === old.data_version ? old : fresh)), () => {});
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => history.replaceState(null, '', writeLink(state)), [state]);
  useEffect(() => void drawn.current?.ready.then(() => drawn.current?.showIncidents(query, workspace.data_version)), [query, workspace.data_version]);
  useEffect(() => void drawn.current?.ready.then(() => drawn.current?.showArea(filter.area)), [filter.area]);
  useEffect(() => void drawn.current?.ready.then(() => drawn.current?.chooseBeats(filter.beats)), [filter.beats.join()]);
  useEffect(() => void drawn.current?.ready.then(() => drawn.current?.ringAt(state.select ? state.at : null)), [state.select, state.at?.join()]);
  useEffect(() => void drawn.current?.ready.then(() => found && drawn.current?.setCount(found.number_matched)), [profile.answer]);
  useEffect(() => drawn.current?.setTool(tool), [tool]);
  useEffect(() => {
    drawn.current?.describe(t('a_map_label'));
    document.title = `${t('a_title')} · ${workspace.name} · Frontbeat`;
  }, [state.lang]);
  useEffect(() => void drawn.current?.ready.then(() => drawn.current?.setLook(look, workspace)), [look]);
  useEffect(() => setSent(''), [state]);
  useEffect(() => {
    const keys = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Escape' && tool !== 'look') setTool('look');
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  }, [tool]);

  const bring = useImport(workspace.read_only, () => void fetchWorkspace().then(setWorkspace, () => {}));
  const importing = bring.job.status !== 'idle';
  const opener = useRef(/** @type {HTMLButtonElement|null} */ (null));
  const picker = useRef(/** @type {HTMLInputElement|null} */ (null));
  const rows = bring.job.status === 'looked' ? bring.job.seen?.features.features ?? [] : [];
  useEffect(() => void drawn.current?.ready.then(() => drawn.current?.showImport(rows)), [rows.length ? bring.job.seen : null]);
  const leave = () => {
    bring.close();
    setTimeout(() => opener.current?.focus());
  };

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setSent(t('a_link_copied'));
    } catch {
      setSent(t('a_link_by_hand'));
    }
  };
  const said = profile.problem !== null ? inWords(profile.problem) : found && !profile.stale ? t('a_count', { n: whole(found.number_matched), of: whole(found.number_of) }) : '';
  const byModel = queryOf(fit.current, ['from', 'until', 'beats', 'area']).toString();
  return html`
    <a class="skip" href="#map-canvas">${t('skip_to_map')}</a>
    <a class="skip" href="#panel">${t('skip_to_panel')}</a>
    <a class="skip" href="#dock">${t('a_skip_to_table')}</a>
    <div class="desk analyst">
      <aside class="panel" id="panel" aria-label=${t('a_filter')} tabindex="-1">
        <header class="head">
          <div class="name"><h1>${t('a_title')}</h1><span class="sub">${workspace.name.replace(/\s*[(（]SYNTHETIC[^)）]*[)）]\s*$/, '')}</span>
            ${workspace.synthetic && html`<span class="synthetic" title=${t('synthetic_hint')}>${t('synthetic')}</span>`}</div>
          <div class="switches">
            <fieldset class="segments"><legend class="sr-only">${t('language')}</legend>
              ${/** @type {const} */ (['zh', 'en']).map((one) => html`<label key=${one} class="segment"><input type="radio" name="lang" value=${one} checked=${state.lang === one} onChange=${() => change({ lang: one })} /><span lang=${one === 'zh' ? 'zh-Hans' : 'en'}>${one === 'zh' ? '简体中文' : 'English'}</span></label>`)}</fieldset>
            <button type="button" class="small quiet" onClick=${() => change({ look: look === 'night' ? 'day' : 'night' })}>${t(look === 'night' ? 'look_day' : 'look_night')}</button>
            <nav class="desks" aria-label=${t('a_desks')}><a href=${`/?lang=${state.lang}`}>${t('draw_to_map')}</a><a href=${`/plan?lang=${state.lang}`}>${t('draw_title')}</a><a href=${`/compare?lang=${state.lang}`}>${t('c_title')}</a></nav>
          </div>
        </header>
        <div class="count" aria-live="off">
          <p class="headline">${found ? html`<span class=${profile.stale ? 'stale' : ''}>${t('a_count', { n: whole(found.number_matched), of: whole(found.number_of) })}</span>` : profile.problem === null ? html`<${Loading} />` : t('a_no_count')}</p>
          <div class="buttons"><button type="button" class="small" disabled=${isOpen(filter)} onClick=${() => change({ filter: EVERYTHING })}>${t('a_clear')}</button>
            <button type="button" class="small" onClick=${copy}>${t('a_copy_link')}</button>
            <${FileButton} opener=${opener} picker=${picker} take=${bring.start} disabled=${bring.job.status === 'writing'} /></div>
          ${sent && html`<p class="hint" role="status">${sent}</p>`}
          ${leftOut.length > 0 && html`<div class="warning" role="status"><p>${t('a_link_lost', { parts: leftOut.join(', ') })}</p><button type="button" class="small quiet" onClick=${() => { setUnread([]); change({ filter }); }}>${t('a_link_lost_known')}</button></div>`}
        </div>
        <section class="body" tabindex="0" aria-label=${importing ? t('im_button') : t('a_filter')}><div class="controls">
          ${importing && html`<${ImportPanel} job=${bring.job} change=${bring.change} commit=${bring.commit} close=${leave} another=${() => picker.current?.click()} categoryName=${categoryName} />`}
          ${profile.problem !== null && html`<${Failed} title=${t('a_count_failed')} problem=${profile.problem} retry=${profile.retry} />`}
          <div hidden=${importing}><${Filters} filter=${filter} change=${narrow} workspace=${workspace} profile=${found} stale=${profile.stale} look=${look} /></div>
        </div></section>
      </aside>
      <main class="map" aria-label=${t('a_title')}>
        <div id="map" ref=${box}></div>
        ${mapless && html`<p class="empty mapless" role="alert">${t('no_webgl')}</p>`}
        <div class="crosshair" aria-hidden="true"></div>
        <div class="zoom">
          <button type="button" class="icon" aria-label=${t('zoom_in')} title=${t('zoom_in')} onClick=${() => drawn.current?.map.zoomIn()}>+</button>
          <button type="button" class="icon" aria-label=${t('zoom_out')} title=${t('zoom_out')} onClick=${() => drawn.current?.map.zoomOut()}>−</button>
          <button type="button" class="icon" aria-label=${t('fit')} title=${t('fit')} disabled=${!workspace.bbox} onClick=${() => workspace.bbox && drawn.current?.fit(workspace.bbox)}>⌂</button>
        </div>
        ${!mapless && html`<div class="tools" role="toolbar" aria-label=${t('a_tools')}>
          <div class="segments">${TOOLS.map((name) => html`<button key=${name} type="button" class="tool" aria-pressed=${tool === name} onClick=${() => setTool(name)}>${word('a_tool', name)}</button>`)}</div>
          ${filter.area && html`<button type="button" class="tool" onClick=${() => narrow({ area: '' })}>${t('a_area_clear')}</button>`}
          ${tool !== 'look' && tool !== 'note' && html`<p class="now">${word('a_tool_hint', tool)}</p>
            <div class="keys-way"><button type="button" class="tool" onClick=${() => drawn.current?.point()}>${t('draw_point')}</button>
              ${tool === 'ring' && html`<button type="button" class="tool" disabled=${trail < 3} onClick=${() => drawn.current?.finish()}>${t('draw_close')}</button>`}
              ${trail > 0 && html`<button type="button" class="tool" onClick=${() => drawn.current?.takeBack()}>${t('draw_undo')}</button>`}</div>`}
        </div>`}
        <div class="map-notes">
          ${state.select && count > 1 && html`<p class="many" role="status">${t('incident_many', { n: whole(count) })}</p>`}
          <ul class="map-key" aria-label=${t('a_key')}><li><i class="dot"></i>${t('a_key_dot')}</li>${rows.length > 0 && html`<li><i class="hollow"></i>${t('im_key')}</li>`}${beats !== null && beats.features.length > 0 && html`<li><i class="dash"></i>${t('a_key_beat')}</li>`}
            ${filter.area && html`<li><i class="box"></i>${t('a_key_area')}</li>`}${state.tab === 'statistics' && state.ask === 'hot_spots' && html`<li><i class="spot"></i>${t('a_key_spot')}</li>`}</ul>
        </div>
        ${workspace.attribution && html`<p class="attribution">${workspace.attribution}</p>`}
      </main>
      <section class="dock" id="dock" tabindex="-1" aria-label=${t('tabs')}>
        <${Tabs} tab=${state.tab} change=${change} />
        <div class="dock-body" role="tabpanel" id="tabpanel" aria-labelledby=${`tab-${state.tab}`} tabindex=${state.tab === 'table' ? -1 : 0}>
          ${state.tab === 'table' && html`<${IncidentTable} query=${query} order=${state.order} version=${workspace.data_version} chosen=${state.select} choose=${choose} sort=${(/** @type {'newest'|'oldest'} */ order) => change({ order })} categoryName=${categoryName} />`}
          ${state.tab === 'record' && html`<${RecordPanel} query=${byModel} resolution=${state.resolution} change=${(/** @type {number} */ resolution) => change({ resolution })} workspace=${workspace} look=${look} />`}
          ${state.tab === 'notes' && html`<${NotesPanel} layer=${notes} notes=${state.notes} change=${(/** @type {import('../notes/notes.js').Note[]} */ list) => change({ notes: list })} isDrawing=${tool === 'note'} draw=${(/** @type {boolean} */ on) => setTool(on ? 'note' : 'look')}
            title=${`${workspace.name} · ${t('a_title')}`} facts=${() => [[said, filter.from || filter.until ? `${filter.from} – ${filter.until}` : '', filter.categories.map(categoryName).join(', '), hoursText(filter.hours)].filter(Boolean).join(' · '), `● ${t('a_key_dot')}`, workspace.attribution ?? ''].filter(Boolean)} />`}
          ${state.tab === 'forecasts' && html`<${ForecastsPanel} query=${byModel} resolution=${state.resolution} workspace=${workspace} look=${look} />`}
          ${['time', 'statistics', 'downloads'].includes(state.tab) && (found
            ? html`${state.tab === 'time' && html`<${TimePanel} profile=${found} filter=${fit.current} look=${look} />`}
              ${state.tab === 'statistics' && html`<${StatisticsPanel} filter=${fit.current} ask=${state.ask} choose=${(/** @type {import('./link.js').Question} */ ask) => change({ ask })} against=${state.against} hold=${(/** @type {import('./change.js').Against} */ against) => change({ against })} narrow=${narrow} matched=${found.number_matched} workspace=${workspace} look=${look}
                showSpots=${(/** @type {any[]} */ features) => drawn.current?.ready.then(() => drawn.current?.set('spots', features))} goTo=${(/** @type {[number, number]} */ at) => drawn.current?.bringIntoView(at)} categoryName=${categoryName} />`}
              ${state.tab === 'downloads' && html`<${DownloadsPanel} filter=${fit.current} profile=${found} workspace=${workspace} lang=${state.lang} />`}`
            : profile.problem !== null ? html`<${Failed} title=${t('a_count_failed')} problem=${profile.problem} retry=${profile.retry} />` : html`<${Loading} />`)}
        </div>
      </section>
    </div>
    <${DropGround} take=${bring.start} />
    <p class="sr-only" role="status">${said}</p>`;
}

/** @param {{tab: import('./link.js').Tab, change: (patch: {tab: import('./link.js').Tab}) => void}} props */
function Tabs({ tab, change }) {
  const move = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length];
    change({ tab: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${t('tabs')} onKeyDown=${move}>
    ${TABS.map((name) => html`<button key=${name} type="button" role="tab" id=${`tab-${name}`} aria-selected=${name === tab} aria-controls="tabpanel" tabindex=${name === tab ? 0 : -1} onClick=${() => change({ tab: name })}>${word('a_tab', name)}</button>`)}
  </div>`;
}
