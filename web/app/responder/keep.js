/**
 * What the phone keeps over a reload: the link, the sheet, what is not sent. Where the
 * browser keeps nothing (a private window), it lasts as long as the page.
 * @module
 */

/** @type {Map<string, string>} */
const meanwhile = new Map();
const PREFIX = 'frontbeat-unit-';

/**
 * @template T
 * @param {string} name @param {T} otherwise
 * @returns {T}
 */
export function kept(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name) ?? meanwhile.get(name);
    return text ? JSON.parse(text) : otherwise;
  } catch {
    const text = meanwhile.get(name);
    return text ? JSON.parse(text) : otherwise;
  }
}

/** @param {string} name @param {unknown} value null forgets it @returns {boolean} whether it outlives the page */
export function keep(name, value) {
  const text = JSON.stringify(value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
    meanwhile.delete(name);
    return true;
  } catch {
    if (value === null) meanwhile.delete(name);
    else meanwhile.set(name, text);
    return false;
  }
}

/** Another page of this phone has changed what is kept. @param {(name: string) => void} heard */
export function onKept(heard) {
  addEventListener('storage', (event) => { if (event.key?.startsWith(PREFIX)) heard(event.key.slice(PREFIX.length)); });
}
