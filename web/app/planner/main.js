/**
 * Starts the planner's desk: the workspace and the drafts first, then the screen.
 * @module
 */
import { html, render } from '../../vendor/htm-preact/standalone.module.js';
import { fetchWorkspace } from '../api.js';
import { useZone } from '../format.js';
import { speak, t } from '../i18n/speak.js';
import { startLanguage, startLook } from '../state.js';
import { Failed, Loading } from '../ui/states.js';
import { PlannerDesk } from './desk.js';

const root = /** @type {HTMLElement} */ (document.getElementById('desk'));

async function start() {
  speak(startLanguage());
  const look = startLook();
  const theme = look === 'auto' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day') : look;
  document.documentElement.dataset.theme = theme;
  render(html`<main class="starting"><${Loading} /></main>`, root);
  try {
    const workspace = await fetchWorkspace();
    useZone(workspace.timezone);
    document.title = `${t('draw_title')} · ${workspace.name} · Frontbeat`;
    render(html`<${PlannerDesk} workspace=${workspace} look=${theme} lang=${startLanguage()} />`, root);
  } catch (problem) {
    render(html`<main class="starting"><h1 class="sr-only">Frontbeat</h1><${Failed} title=${t('workspace_failed')} problem=${problem} retry=${start} /></main>`, root);
  }
}

start();
