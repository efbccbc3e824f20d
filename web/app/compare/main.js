/**
 * Starts the comparison of two surfaces as the address has it.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { startLanguage } from '../state.js';
import { startDesk } from '../ui/start_desk.js';
import { CompareDesk } from './desk.js';
import { readLink } from './link.js';

startDesk((workspace, look) => html`<${CompareDesk} workspace=${workspace} first=${{ ...readLink(location.search, workspace), lang: startLanguage(), look }} />`);
