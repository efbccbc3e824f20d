/**
 * Starts the comparison of two surfaces: the workspace first, then the screen as the address has it.
 * @module
 */
import { html, render } from '../../vendor/htm-preact/standalone.module.js';
import { fetchWorkspace } from '../api.js';
import { useZone } from '../format.js';
import { speak, t } from '../i18n/speak.js';
import { startLanguage, startLook } from '../state.js';
import { Failed, Loading } from '../ui/states.js';
import { CompareDesk } from './desk.js';
import { readLink } from './link.js';

const root = /** @type {HTMLElement} */ (document.getElementById('desk'));

async function start() {
  speak(startLanguage());
  const look = startLook();
  document.documentElement.dataset.theme = look === 'auto' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day') : look;
  render(html`<main class="starting"><h1 class="sr-only">Frontbeat</h1><${Loading} /></main>`, root);
  try {
    const workspace = await fetchWorkspace();
    useZone(workspace.timezone);
    render(html`<${CompareDesk} workspace=${workspace} first=${{ ...readLink(location.search, workspace), lang: startLanguage(), look }} />`, root);
  } catch (problem) {
    render(html`<main class="starting"><h1 class="sr-only">Frontbeat</h1><${Failed} title=${t('workspace_failed')} problem=${problem} retry=${start} /></main>`, root);
  }
}

start();
