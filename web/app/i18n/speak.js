/**
 * The screen's words in the language chosen; `lang` of the document follows.
 * @module
 */
import { useFormatLanguage } from '../format.js';
import { en } from './en.js';
import { zh } from './zh.js';

/** @typedef {keyof typeof zh} Key */

/** @type {typeof en} */
let words = zh;
/** @type {import('../state.js').Lang} */
let spoken = 'zh';

/** @param {import('../state.js').Lang} lang */
export function speak(lang) {
  spoken = lang;
  words = lang === 'zh' ? zh : en;
  useFormatLanguage(lang);
  document.documentElement.lang = lang === 'zh' ? 'zh-Hans' : 'en';
}

/**
 * The text of a key, `{name}` filled in.
 * @param {Key} key
 * @param {Record<string, string|number>} [values]
 */
export function t(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The text of a key made from a code of the service; the code itself where it is unknown.
 * @param {string} prefix @param {string} code */
export function word(prefix, code) {
  const key = `${prefix}_${code}`;
  return key in words ? words[/** @type {Key} */ (key)] : code;
}

/** The name in the language chosen of what has one in both. @param {{name_en: string, name_zh: string}} named */
export const nameOf = (named) => (spoken === 'zh' ? named.name_zh || named.name_en : named.name_en || named.name_zh);
