/**
 * Starts the planner's desk.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { t } from '../i18n/speak.js';
import { startLanguage } from '../state.js';
import { startDesk } from '../ui/start_desk.js';
import { PlannerDesk } from './desk.js';

startDesk((workspace) => {
  document.title = `${t('draw_title')} · ${workspace.name} · Frontbeat`;
  const look = document.documentElement.dataset.theme === 'night' ? 'night' : 'day';
  return html`<${PlannerDesk} workspace=${workspace} look=${look} lang=${startLanguage()} />`;
});
