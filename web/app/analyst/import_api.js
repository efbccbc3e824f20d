/**
 * A file on its way into the workspace: sent once, looked at as often as wanted, then imported.
 * @module
 */
import { ApiProblem, answered, request, sending } from '../api.js';

/** What the service takes over the wire, bytes. */
export const MOST_BYTES = 64 * 1024 * 1024;

/**
 * @typedef {{row: number, field: string, value: string, reason: string, why: string}} Refusal
 * @typedef {{reason: string, rows: number}[]} Reasons
 * @typedef {object} Preview
 * @property {string} id
 * @property {string} file
 * @property {number} bytes
 * @property {string} format
 * @property {string[]} layers of the file, where one has to be chosen
 * @property {string|null} as
 * @property {boolean} guessed
 * @property {string[]} fields
 * @property {{column: string, field: string|null, dropped: string|null, example: string}[]} columns
 * @property {{name: string|null, how: 'declared'|'stated'|'assumed'|'unknown'}} frame
 * @property {number} rows
 * @property {number} kept
 * @property {number} refused
 * @property {number} spans
 * @property {boolean} derives_boundary
 * @property {boolean} marks_synthetic whether the workspace would be marked as made up with these rows
 * @property {number} told_synthetic rows that say they are real and would be told as made up
 * @property {string[]} notes
 * @property {'line'|'feature'|'row'} row_word
 * @property {Reasons} reasons
 * @property {Refusal[]} refusals
 * @property {GeoJSON.FeatureCollection} features
 * @property {{code: string, detail: string, field: string|null}|null} problem
 *
 * @typedef {object} Report
 * @property {number} rows
 * @property {number} new
 * @property {number} changed
 * @property {number} unchanged
 * @property {number} other_category
 * @property {boolean} marks_synthetic
 * @property {number} told_synthetic
 * @property {number} refused
 * @property {string[]} dropped
 * @property {'line'|'feature'|'row'} row_word
 * @property {Reasons} reasons
 * @property {Refusal[]} refusals
 * @property {string|null} refused_csv
 *
 * @typedef {object} ImportState
 * @property {'looked'|'reading'|'writing'|'done'|'failed'} stage
 * @property {number} done
 * @property {number} of
 * @property {Report|null} report
 * @property {{type: string, title: string, detail: string, status: number}|null} problem
 *
 * @typedef {object} Choice how the file is to be read; what is empty is guessed
 * @property {string} as
 * @property {string} crs
 * @property {Record<string, string>} map
 * @property {string} layer
 * @property {string} category
 * @property {string} timezone
 * @property {string} time_format
 * @property {string} source
 * @property {boolean} strict
 */

/** @type {Choice} */
export const GUESSED = { as: '', crs: '', map: {}, layer: '', category: '', timezone: '', time_format: '', source: '', strict: false };

/**
 * Sends a file; `fetch` does not say how far it is.
 * @param {File} file
 * @param {(sent: number, of: number) => void} told
 * @param {AbortSignal} signal
 * @returns {Promise<Preview>}
 */
export function sendFile(file, told, signal) {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    ask.open('POST', `/api/imports?name=${encodeURIComponent(file.name)}`);
    ask.setRequestHeader('content-type', 'application/octet-stream');
    ask.upload.onprogress = (event) => told(event.loaded, event.total || file.size);
    ask.onload = () => {
      /** @type {any} */
      let body = {};
      try {
        body = JSON.parse(ask.responseText);
      } catch { /* No problem document: its status says enough. */ }
      if (ask.status === 201) resolve(body);
      else reject(problemOf({ status: ask.status, title: ask.statusText, detail: '', type: '', ...body }));
    };
    ask.onerror = () => reject(new ApiProblem(0, '', ''));
    ask.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', () => ask.abort());
    ask.send(file);
  });
}

/** @param {{type: string, title: string, detail: string, status: number}} problem */
export const problemOf = (problem) => new ApiProblem(problem.status, problem.title, problem.detail, problem.type.replace('/problems/', ''));

/** @param {string} id @param {Choice} choice @param {AbortSignal} signal @returns {Promise<Preview>} */
export const lookAgain = (id, choice, signal) => request(`/api/imports/${id}/preview`, sending(choice, signal));

/** @param {string} id @param {Choice} choice @param {AbortSignal} signal @returns {Promise<ImportState>} */
export const beginImport = (id, choice, signal) => request(`/api/imports/${id}/commit`, sending(choice, signal));

/** @param {string} id @param {AbortSignal} signal @returns {Promise<ImportState>} */
export const importState = (id, signal) => request(`/api/imports/${id}`, { signal });

/** What is not wanted any more takes no room; the service forgets it by itself too. @param {string} id */
export const dropFile = (id) => void answered(`/api/imports/${id}`, { method: 'DELETE', keepalive: true }).catch(() => {});
