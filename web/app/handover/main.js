/**
 * Starts the hand-over page.
 * @module
 */
import { html, render } from '../../vendor/htm-preact/standalone.module.js';
import { fetchWorkspace } from '../api.js';
import { speak, t } from '../i18n/speak.js';
import { startLanguage } from '../state.js';
import { Failed, Loading } from '../ui/states.js';
import { HandoverPage } from './page.js';

const root = /** @type {HTMLElement} */ (document.getElementById('desk'));
const lang = startLanguage();

async function start() {
  render(html`<main class="starting"><h1 class="sr-only">${t('handover')}</h1><${Loading} /></main>`, root);
  try {
    const workspace = await fetchWorkspace();
    render(html`<${HandoverPage} workspace=${workspace} first=${lang} />`, root);
  } catch (problem) {
    render(html`<main class="starting"><h1 class="sr-only">${t('handover')}</h1><${Failed} title=${t('workspace_failed')} problem=${problem} retry=${start} /></main>`, root);
  }
}

speak(lang);
start();
