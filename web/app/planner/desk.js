/**
 * The planner's desk: drafts of beats or zones beside the map on which they are drawn, with
 * their figures against today's, faults, versions, and what another planner did meanwhile.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fourWeeks } from '../analyst/filter.js';
import { ApiProblem } from '../api.js';
import { day } from '../format.js';
import { speak, t, word } from '../i18n/speak.js';
import { NotesPanel } from '../notes/panel.js';
import { useNotes } from '../notes/use_notes.js';
import { Field } from '../ui/field.js';
import { Empty, Failed, Loading, inWords } from '../ui/states.js';
import { Alternatives } from './alternatives.js';
import * as service from './api.js';
import { Areas } from './areas.js';
import { applied, begun, boxOf, done, redone, undone } from './draft.js';
import { Drawing } from './drawing.js';
import { Faults } from './faults.js';
import { Figures, classesOf } from './figures.js';
import { readLink, writeLink } from './link.js';
import { MergeView } from './merge_view.js';
import { Publish, Versions } from './versions.js';

/**
 * @typedef {import('./api.js').Area} Area
 * @typedef {import('./api.js').Line} Line
 * @typedef {import('./api.js').Layer} Layer
 * @typedef {import('./drawing.js').Tool} Tool
 * @typedef {{line: Line, saved: Area[], history: import('./draft.js').History, renamed?: boolean}} Open
 * @typedef {{kind: 'saved'|'published', base: Area[], theirs: Area[], line: Line, merged: import('./api.js').Merged}} Conflict
 */

const TOOLS = /** @type {const} */ (['choose', 'split', 'draw', 'reshape']);
/** Figures are asked for once a planner pauses. */
const SETTLE_MS = 500;
const PAUSE_MS = 2500;

/** The last four weeks against the same weeks a year ago. @param {import('../api.js').Workspace} workspace @param {string} lang */
function changeLink({ incidents }, lang) {
  const query = new URLSearchParams({ lang, tab: 'statistics', ...(incidents && fourWeeks(day(new Date(Date.parse(incidents.until) - 1)))) });
  return `/analyse?${query}`;
}

/** @param {{workspace: import('../api.js').Workspace, look: import('../map/palette.js').Look, lang: import('../state.js').Lang}} props */
export function PlannerDesk({ workspace, look, lang: first }) {
  const [lang, setLang] = useState(first);
  speak(lang);
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const drawing = useRef(/** @type {Drawing|null} */ (null));
  const [layer, setLayer] = useState(/** @type {Layer} */ ('beats'));
  const [drafts, setDrafts] = useState(/** @type {Line[]|null} */ (null));
  const [versions, setVersions] = useState(/** @type {import('./api.js').Version[]} */ ([]));
  const [open, setOpen] = useState(/** @type {Open|null} */ (null));
  const [chosen, setChosen] = useState(/** @type {string[]} */ ([]));
  const [locked, setLocked] = useState(/** @type {string[]} */ ([]));
  const [tool, setTool] = useState(/** @type {Tool} */ ('choose'));
  const [trail, setTrail] = useState(0);
  const [checked, setChecked] = useState(/** @type {import('./api.js').Checked|null} */ (null));
  const [fault, setFault] = useState(/** @type {number|null} */ (null));
  const [report, setReport] = useState(/** @type {import('./api.js').Report|null} */ (null));
  const [figuresProblem, setFiguresProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState('');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [said, setSaid] = useState('');
  const [conflict, setConflict] = useState(/** @type {Conflict|null} */ (null));
  const [mapless, setMapless] = useState(false);
  const [map, setMap] = useState(/** @type {import('maplibre-gl').Map|null} */ (null));
  const [notes, setNotes] = useState(() => readLink().notes);
  const [notesOpen, setNotesOpen] = useState(notes.length > 0);
  const [isNoting, setNoting] = useState(false);
  /** An alternative that is looked at in place of the draft. */
  const [looked, setLooked] = useState(/** @type {import('./alternatives.js').Alternative|null} */ (null));
  const notesLayer = useNotes(map, look, notes);

  const areas = open?.history.now ?? [];
  const dirty = open !== null && (areas !== open.saved || open.renamed === true);
  /** What listeners made once see. */
  const toOpen = useRef(readLink().scenario);
  const latest = useRef({ open, chosen, tool, looked: /** @type {unknown} */ (null), edit: async (/** @type {object} */ _, /** @type {string} */ __) => {}, undo: () => {}, redo: () => {} });

  const queue = useRef(Promise.resolve());
  /** Runs one thing after the other and says what failed. @param {string} what @param {() => Promise<void>} work */
  const doing = (what, work) => {
    const next = queue.current.then(async () => {
      setBusy(what);
      setProblem(null);
      try {
        await work();
      } catch (fault) {
        setProblem(fault);
        drawing.current?.restore();
      } finally {
        setBusy('');
      }
    });
    queue.current = next;
    return next;
  };

  const refresh = async () => {
    const [{ scenarios }, found] = await Promise.all([service.fetchScenarios(), service.fetchVersions(layer)]);
    setDrafts(scenarios.filter((line) => line.layer === layer));
    setVersions(found.versions);
    const inForce = found.versions.find((version) => version.in_force);
    const today = inForce ? (await service.fetchVersion(layer, inForce.number)).areas : [];
    await drawing.current?.ready;
    drawing.current?.showToday(today);
  };

  const take = (/** @type {import('./api.js').Scenario} */ scenario) => {
    const { areas: found, ...line } = scenario;
    setOpen({ line, saved: found, history: begun(found) });
    setChosen([]);
    setConflict(null);
    setReport(null);
  };

  const edit = async (/** @type {object} */ what, /** @type {string} */ name) => {
    await doing(name, async () => {
      const now = latest.current.open;
      if (!now) return;
      const before = now.history.now;
      const edited = await service.editScenario(now.line.id, before, what);
      const after = applied(before, edited);
      const next = { ...now, history: done(now.history, after, name) };
      // The next in line may begin before this is on the page.
      latest.current.open = next;
      setOpen(next);
      setChecked(edited.check);
      const ids = new Set(after.map((area) => area.id));
      setChosen(latest.current.chosen.filter((id) => ids.has(id)));
      setSaid(t('draw_done', { what: word('draw_did', name), n: edited.changed.length }));
      if (name === 'split' || name === 'draw') setTool('choose');
    });
  };

  const undo = () => {
    if (drawing.current?.takeBack()) return;
    const now = latest.current.open;
    if (now?.history.past.length) {
      setSaid(t('draw_undid', { what: word('draw_did', now.history.past.at(-1)?.what ?? '') }));
      setOpen({ ...now, history: undone(now.history) });
    }
  };
  const redo = () => {
    const now = latest.current.open;
    if (now?.history.future.length) setOpen({ ...now, history: redone(now.history) });
  };
  latest.current = { open, chosen, tool, looked, edit, undo, redo };

  /** Saves; where somebody was first, both are set side by side and nothing is lost. @returns {Promise<Line|null>} */
  const save = async () => {
    if (!open) return null;
    try {
      const { areas: saved, ...line } = await service.saveScenario(open.line, areas);
      // The same list in hand, so that the way back stays.
      setOpen({ line, saved: areas, history: open.history });
      if (saved.length !== areas.length) throw new Error(t('draw_failed'));
      await refresh();
      setSaid(t('draw_saved', { n: line.version }));
      return line;
    } catch (fault) {
      if (!(fault instanceof ApiProblem) || fault.status !== 412) throw fault;
      const { areas: theirs, ...line } = await service.fetchScenario(open.line.id);
      const merged = await service.mergeScenario(line.id, open.saved, areas, theirs);
      setConflict({ kind: 'saved', base: open.saved, theirs, line, merged });
      return null;
    }
  };

  const publish = async (/** @type {string} */ reason) => {
    if (!open) return;
    const line = dirty ? await save() : open.line;
    if (!line) return;
    try {
      const version = await service.publishScenario(line, reason);
      const { areas: saved, ...next } = await service.fetchScenario(line.id);
      setOpen((now) => now && { ...now, line: next, saved: now.history.now });
      if (saved.length !== areas.length) throw new Error(t('draw_failed'));
      await refresh();
      setSaid(t('draw_published', { n: version.number }));
    } catch (fault) {
      if (!(fault instanceof ApiProblem) || fault.status !== 412) throw fault;
      const { versions: all } = await service.fetchVersions(layer);
      const inForce = all.find((version) => version.in_force)?.number ?? line.base;
      if (fault.kind !== 'published-meanwhile') return void (await save());
      const [base, theirs] = await Promise.all([service.fetchVersion(layer, line.base), service.fetchVersion(layer, inForce)]);
      const merged = await service.mergeScenario(line.id, base.areas, areas, theirs.areas);
      setConflict({ kind: 'published', base: base.areas, theirs: theirs.areas, line: { ...line, base: inForce }, merged });
    }
  };

  /** Takes the joined areas in hand, over their version. @param {('mine'|'theirs')[]} choices */
  const join = (choices) => doing('join_both', async () => {
    if (!conflict || !open) return;
    const { areas: joined } = await service.mergeScenario(conflict.line.id, conflict.base, areas, conflict.theirs, choices);
    const saved = await service.saveScenario({ ...conflict.line, name: open.line.name }, joined);
    const { areas: stored, ...line } = saved;
    setOpen({ line, saved: stored, history: done(open.history, stored, 'join_both') });
    setConflict(null);
    await refresh();
    setSaid(t('merge_done', { n: line.version }));
  });

  useEffect(() => {
    if (!box.current) return undefined;
    try {
      const made = new Drawing(box.current, workspace, look, t('draw_map_label'), {
        pick: (id, add) => setChosen((now) => (id === null ? (add ? now : []) : add ? (now.includes(id) ? now.filter((one) => one !== id) : [...now, id]) : [id])),
        drawn: (points) => {
          const { tool: with_, chosen: of } = latest.current;
          // The draft itself is not on the map: nothing is drawn into it unseen.
          if (latest.current.looked) return setSaid(t('balance_looking'));
          if (with_ === 'split' && of.length === 1) latest.current.edit({ kind: 'split', id: of[0], line: points }, 'split');
          if (with_ === 'draw') latest.current.edit({ kind: 'draw', name: freshName(latest.current.open?.history.now ?? []), ring: points }, 'draw');
        },
        edited: (what) => (latest.current.looked ? undefined : latest.current.edit(what, 'reshape')),
        trail: setTrail,
      });
      drawing.current = made;
      made.ready.then(() => setMap(made.map));
      if (location.search.includes('test=1')) Object.assign(globalThis, { planner: made });
      return () => made.map.remove();
    } catch {
      setMapless(true);
      return undefined;
    }
  }, []);
  useEffect(() => void doing('open', async () => {
    await refresh();
    const wanted = toOpen.current;
    toOpen.current = null;
    if (wanted && !latest.current.open) {
      const scenario = await service.fetchScenario(wanted);
      setLayer(scenario.layer);
      take(scenario);
    }
  }), [layer]);
  // The draft of the address stays in it until it is open, or can't be opened.
  useEffect(() => writeLink(lang, open?.line.id ?? toOpen.current, notes), [lang, open?.line.id, notes]);
  useEffect(() => {
    setNoting(false);
    drawing.current?.setTool(tool);
  }, [tool]);
  useEffect(() => {
    if (drawing.current) drawing.current.isNoting = isNoting;
    if (isNoting) setTool('choose');
  }, [isNoting]);
  useEffect(() => {
    const [drawn, of] = looked ? [looked.areas, looked.report] : [areas, report];
    drawing.current?.ready.then(() => drawing.current?.show(drawn, looked ? [] : chosen, classesOf(of)));
  }, [areas, chosen, report, looked]);
  useEffect(() => {
    drawing.current?.ready.then(() => drawing.current?.showFaults(checked?.faults ?? [], fault));
  }, [checked, fault]);
  useEffect(() => {
    if (!open) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setChecked(await service.checkScenario(open.line.id, areas, stop.signal));
        setFault(null);
        if (layer === 'beats' || areas.length) {
          setReport(await service.compareScenario(open.line.id, areas, false, stop.signal));
          setFiguresProblem(null);
          // A simulation that was begun is finished: it waits for a longer pause.
          await new Promise((go) => setTimeout(go, PAUSE_MS));
          if (stop.signal.aborted) return;
          setReport(await service.compareScenario(open.line.id, areas, true, stop.signal));
        }
        setFiguresProblem(null);
      } catch (fault) {
        if (!stop.signal.aborted) setFiguresProblem(fault);
      }
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [areas, open?.line.id, open?.line.base]);
  useEffect(() => {
    const keys = (/** @type {KeyboardEvent} */ event) => {
      if (event.defaultPrevented || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
      const held = event.ctrlKey || event.metaKey;
      const z = event.key.toLowerCase() === 'z';
      if (held && z && !event.shiftKey) latest.current.undo();
      else if (held && ((z && event.shiftKey) || event.key.toLowerCase() === 'y')) latest.current.redo();
      else if (!held && event.key === 'Escape') setTool('choose');
      else if (!held && !event.altKey && /^[1-4]$/.test(event.key) && latest.current.open) setTool(TOOLS[Number(event.key) - 1]);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  }, []);
  useEffect(() => {
    const leaving = (/** @type {BeforeUnloadEvent} */ event) => {
      if (dirty) event.preventDefault();
    };
    addEventListener('beforeunload', leaving);
    return () => removeEventListener('beforeunload', leaving);
  }, [dirty]);

  /** An alternative becomes the draft, as one edit. @param {import('./alternatives.js').Alternative} one */
  const takeOver = (one) => doing('balance', async () => {
    const now = latest.current.open;
    if (!now) return;
    const next = { ...now, history: done(now.history, one.areas, 'balance') };
    latest.current.open = next;
    setOpen(next);
    setChecked(one.checked);
    setSaid(t('draw_done', { what: word('draw_did', 'balance'), n: one.areas.length }));
  });

  const inForce = versions.find((version) => version.in_force)?.number ?? 0;
  const needs = (tool === 'split' || tool === 'reshape') && chosen.length !== 1 ? t('draw_needs_one') : '';
  return html`
    <a class="skip" href="#map-canvas">${t('skip_to_map')}</a>
    <a class="skip" href="#panel">${t('skip_to_panel')}</a>
    <div class="desk planner">
      <main class="map" aria-label=${t('draw_title')}>
        <div id="map" ref=${box}></div>
        ${mapless && html`<p class="empty mapless" role="alert">${t('no_webgl')}</p>`}
        <div class="crosshair" aria-hidden="true"></div>
        <div class="zoom">
          <button type="button" class="icon" aria-label=${t('zoom_in')} title=${t('zoom_in')} onClick=${() => drawing.current?.map.zoomIn()}>+</button>
          <button type="button" class="icon" aria-label=${t('zoom_out')} title=${t('zoom_out')} onClick=${() => drawing.current?.map.zoomOut()}>−</button>
          <button type="button" class="icon" aria-label=${t('fit')} title=${t('fit')} disabled=${!workspace.bbox} onClick=${() => workspace.bbox && drawing.current?.fit(workspace.bbox)}>⌂</button>
        </div>
        ${open && html`<div class="tools" role="toolbar" aria-label=${t('draw_tools')}>
          <div class="segments">${TOOLS.map((name, i) => html`<button key=${name} type="button" class="tool" aria-pressed=${tool === name} title=${`${word('draw_hint', name)} (${i + 1})`} onClick=${() => setTool(name)}>${word('draw_tool', name)}</button>`)}</div>
          <button type="button" class="tool" disabled=${chosen.length < 2 || busy !== '' || looked !== null} onClick=${() => edit({ kind: 'merge', ids: chosen }, 'merge')}>${t('draw_merge')}</button>
          <button type="button" class="tool" disabled=${!open.history.past.length && !trail} title="Ctrl Z" onClick=${undo}>${t('draw_undo')}</button>
          <button type="button" class="tool" disabled=${!open.history.future.length} title="Ctrl Y" onClick=${redo}>${t('draw_redo')}</button>
          <p class="now">${looked ? t('balance_looking') : needs || word('draw_hint', tool)}</p>
          ${(tool === 'split' || tool === 'draw' || tool === 'reshape') && !needs && html`<div class="keys-way">
            <button type="button" class="tool" onClick=${() => drawing.current?.point()}>${tool === 'reshape' ? (trail ? t('draw_put_down') : t('draw_take_up')) : t('draw_point')}</button>
            ${tool === 'reshape' ? html`<button type="button" class="tool" onClick=${() => drawing.current?.takeAway()}>${t('draw_take_away')}</button>` : html`<button type="button" class="tool" disabled=${trail < 2} onClick=${() => drawing.current?.finish()}>${tool === 'split' ? t('draw_cut') : t('draw_close')}</button>`}
          </div>`}
        </div>`}
        ${workspace.attribution && html`<p class="attribution">${workspace.attribution}</p>`}
      </main>
      <aside class="panel" id="panel" aria-label=${t('draw_title')} tabindex="-1">
        <header class="head">
          <div class="name"><h1>${t('draw_title')}</h1><span class="sub">${workspace.name}</span>
            ${workspace.synthetic && html`<span class="synthetic" title=${t('synthetic_hint')}>${t('synthetic')}</span>`}</div>
          <div class="switches">
            <fieldset class="segments"><legend class="sr-only">${t('language')}</legend>
              ${/** @type {const} */ (['zh', 'en']).map((one) => html`<label key=${one} class="segment"><input type="radio" name="lang" value=${one} checked=${lang === one} onChange=${() => setLang(one)} /><span lang=${one === 'zh' ? 'zh-Hans' : 'en'}>${one === 'zh' ? '简体中文' : 'English'}</span></label>`)}</fieldset>
            <a class="link" href=${`/?lang=${lang}`}>${t('draw_to_map')}</a><a class="link" href=${changeLink(workspace, lang)}>${t('a_changed')}</a><a class="link" href=${`/compare?lang=${lang}`}>${t('c_title')}</a><a class="link" href=${`/analyse?lang=${lang}`}>${t('a_title')}</a>
          </div>
        </header>
        <section class="body" tabindex="0" aria-label=${t('draft_title')}>
          <div class="controls">
            ${problem !== null && html`<${Failed} title=${t('draw_failed')} problem=${problem} />`}
            ${conflict && html`<${MergeView} conflict=${conflict} busy=${busy !== ''} join=${join} later=${() => setConflict(null)} />`}
            <${Chooser} drafts=${drafts} open=${open} dirty=${dirty} layer=${layer} busy=${busy !== ''}
              setLayer=${(/** @type {Layer} */ next) => { setOpen(null); setChosen([]); setChecked(null); setReport(null); setLayer(next); }}
              make=${(/** @type {string} */ name) => doing('open', async () => { take(await service.makeScenario({ name, layer })); await refresh(); })}
              copy=${(/** @type {string} */ name) => doing('open', async () => { if (open) { take(await service.makeScenario({ name, layer, copy_of: open.line.id })); await refresh(); } })}
              pick=${(/** @type {string} */ id) => doing('open', async () => take(await service.fetchScenario(id)))}
              rename=${(/** @type {string} */ name) => open && setOpen({ ...open, line: { ...open.line, name }, renamed: true })}
              remove=${() => doing('open', async () => { if (open) { await service.deleteScenario(open.line); setOpen(null); await refresh(); } })}
              save=${() => doing('save', async () => void (await save()))} />
            ${busy && html`<${Loading} text=${word('draw_busy', busy)} />`}
            ${open && html`
              <${Faults} checked=${checked} now=${fault} go=${(/** @type {number} */ i) => { const at = checked?.faults[i]; setFault(i); if (at) drawing.current?.goTo(at.at, 16); }} join=${() => edit({ kind: 'join' }, 'join')} busy=${busy !== ''} />
              <${Figures} report=${report} problem=${figuresProblem} />
              <${Alternatives} id=${open.line.id} areas=${areas} locked=${locked} busy=${busy !== ''} shown=${looked} show=${setLooked} take=${takeOver} />
              <${Areas} areas=${areas} chosen=${chosen} locked=${locked} report=${report} layer=${layer}
                choose=${setChosen} lock=${setLocked} find=${(/** @type {Area} */ area) => drawing.current?.fit(boxOf(area))}
                rename=${(/** @type {string} */ id, /** @type {string} */ name) => edit({ kind: 'rename', id, name }, 'rename')}
                remove=${(/** @type {string} */ id) => edit({ kind: 'delete', id }, 'delete')} />
              <${Publish} forbidding=${checked?.forbidding ?? 0} busy=${busy !== ''} publish=${(/** @type {string} */ reason) => doing('publish', () => publish(reason))} />`}
            <${Versions} versions=${versions} busy=${busy !== ''} again=${(/** @type {import('./api.js').Version} */ version, /** @type {string} */ reason) => doing('publish', async () => {
              const next = await service.publishAgain(version, inForce, reason);
              await refresh();
              setSaid(t('draw_published', { n: next.number }));
            })} />
            ${map && html`<details class="block" open=${notesOpen} onToggle=${(/** @type {Event} */ e) => setNotesOpen(/** @type {HTMLDetailsElement} */ (e.target).open)}><summary>${t('n_list')}<span class="aside">${notes.length || ''}</span></summary>
              <${NotesPanel} layer=${notesLayer} notes=${notes} change=${setNotes} isDrawing=${isNoting} draw=${setNoting} title=${`${workspace.name} · ${t('draw_title')}`}
                facts=${() => [...(open ? [`${open.line.name} · ${t('draft_version', { n: open.line.version })}${dirty ? ` · ${t('draft_dirty')}` : ''}`] : []), workspace.attribution ?? ''].filter(Boolean)} /></details>`}
          </div>
        </section>
      </aside>
    </div>
    <p class="sr-only" role="status">${problem !== null ? inWords(problem) : said}</p>`;
}

/**
 * Which draft is in hand.
 * @param {any} props
 */
function Chooser({ drafts, open, dirty, layer, busy, setLayer, make, copy, pick, rename, remove, save }) {
  const [name, setName] = useState('');
  const fresh = name.trim();
  return html`<fieldset class="block labels"><legend>${t('draft_title')}</legend>
    <div class="segments">${/** @type {const} */ (['beats', 'zones']).map((one) => html`<label key=${one} class="segment"><input type="radio" name="layer" value=${one} checked=${layer === one} disabled=${busy || dirty} onChange=${() => setLayer(one)} /><span>${word('kind', one)}</span></label>`)}</div>
    ${drafts === null ? html`<${Loading} />` : drafts.length ? html`<div class="field"><label for="draft">${t('draft_open')}</label>
      <select id="draft" value=${open?.line.id ?? ''} disabled=${busy || dirty} onChange=${(/** @type {Event} */ e) => pick(/** @type {HTMLSelectElement} */ (e.target).value)}>
        <option value="" disabled>${t('draft_choose')}</option>
        ${drafts.map((/** @type {Line} */ line) => html`<option key=${line.id} value=${line.id}>${line.name} · ${t('draft_version', { n: line.version })}</option>`)}
      </select></div>` : !open && html`<${Empty} text=${t('draft_none')} />`}
    ${open && html`<div class="field"><label for="draft-name">${t('draft_name')}</label><${Field} id="draft-name" maxlength="200" value=${open.line.name} onChange=${(/** @type {Event} */ e) => { const text = /** @type {HTMLInputElement} */ (e.target).value.trim(); if (text) rename(text); }} /></div>
      <p class="hint">${dirty ? t('draft_dirty') : t('draft_clean', { n: open.line.version })} · ${t('draft_base', { n: open.line.base })}</p>
      <div class="buttons"><button type="button" class=${dirty ? 'main' : ''} disabled=${busy || !dirty} onClick=${save}>${t('draft_save')}</button>
        <button type="button" class="quiet" disabled=${busy || dirty} onClick=${remove}>${t('draft_delete')}</button></div>`}
    <form class="new" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); if (fresh) { make(fresh); setName(''); } }}>
      <label for="draft-new">${t('draft_new')}</label><input id="draft-new" maxlength="200" value=${name} placeholder=${t('draft_new_hint')} onInput=${(/** @type {Event} */ e) => setName(/** @type {HTMLInputElement} */ (e.target).value)} />
      <button type="submit" disabled=${busy || dirty || !fresh}>${t('draft_make')}</button>
      ${open && html`<button type="button" disabled=${busy || dirty || !fresh} onClick=${() => { copy(fresh); setName(''); }}>${t('draft_copy')}</button>`}
    </form>
  </fieldset>`;
}

/** @param {Area[]} areas */
function freshName(areas) {
  for (let n = 1; ; n += 1) {
    const name = t('draw_new_name', { n });
    if (!areas.some((area) => area.name === name)) return name;
  }
}
