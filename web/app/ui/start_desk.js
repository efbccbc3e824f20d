/**
 * How a desk starts: language and look of the address, then the workspace, then its screen;
 * what fails can be tried again.
 * @module
 */
import { html, render } from '../../vendor/htm-preact/standalone.module.js';
import { fetchWorkspace } from '../api.js';
import { useZone } from '../format.js';
import { speak, t } from '../i18n/speak.js';
import { startLanguage, startLook } from '../state.js';
import { Failed, Loading } from './states.js';

/** @param {(workspace: import('../api.js').Workspace, look: ReturnType<typeof startLook>) => any} draw the desk */
export async function startDesk(draw) {
  const root = /** @type {HTMLElement} */ (document.getElementById('desk'));
  speak(startLanguage());
  const look = startLook();
  document.documentElement.dataset.theme = look === 'auto' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day') : look;
  render(html`<main class="starting"><h1 class="sr-only">Frontbeat</h1><${Loading} /></main>`, root);
  try {
    const workspace = await fetchWorkspace();
    useZone(workspace.timezone);
    render(draw(workspace, look), root);
  } catch (problem) {
    render(html`<main class="starting"><h1 class="sr-only">Frontbeat</h1><${Failed} title=${t('workspace_failed')} problem=${problem} retry=${() => startDesk(draw)} /></main>`, root);
  }
}
