/**
 * Starts the analyst's desk as the address has it.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { startLanguage } from '../state.js';
import { startDesk } from '../ui/start_desk.js';
import { AnalystDesk } from './desk.js';
import { readLink } from './link.js';

startDesk((workspace, look) => html`<${AnalystDesk} workspace=${workspace} first=${{ ...readLink(location.search), lang: startLanguage(), look }} />`);
