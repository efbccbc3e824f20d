/**
 * Starts the responder's page: the link, what was kept, and the first question.
 * @module
 */
import { html, render } from '../../vendor/htm-preact/standalone.module.js';
import { speak } from '../i18n/speak.js';
import { Duty } from './duty.js';
import { kept } from './keep.js';
import { setUpOffline } from './offline.js';
import { Phone } from './phone.js';

const asked = new URLSearchParams(location.search);
/** @type {'zh'|'en'} */
const lang = (asked.get('lang') ?? kept('lang', navigator.language)).toLowerCase().startsWith('zh') ? 'zh' : 'en';
const style = asked.get('style') ?? kept('look', 'auto');
const look = style === 'day' || style === 'night' ? style : 'auto';

speak(lang);
const duty = new Duty();
render(html`<${Phone} duty=${duty} first=${{ lang, look }} />`, /** @type {HTMLElement} */ (document.getElementById('desk')));
duty.start();
setUpOffline();
