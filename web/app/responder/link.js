/**
 * The signed link that opens a unit's page. It comes in the address's fragment, which no
 * server and no log ever sees; then it is kept, so that the installed page opens by itself,
 * and taken out of the address, so that nobody reads it over a shoulder.
 * @module
 */
import { keep, kept } from './keep.js';

/** Tokens are base64url, with a dot or two between their parts. */
const TOKEN = /^[A-Za-z0-9_.~-]{16,1024}$/;

/** The token of an address's fragment. @param {string} hash like `#abc` @returns {string} empty where it is none */
export const tokenOf = (hash) => (TOKEN.test(hash.slice(1)) ? hash.slice(1) : '');

/** The token that this page works with: of the address, else the one kept. */
export function takeToken() {
  const fresh = tokenOf(location.hash);
  if (!fresh) return kept('token', '');
  if (keep('token', fresh)) history.replaceState(null, '', location.pathname + location.search);
  return fresh;
}

export const forgetToken = () => keep('token', null);
