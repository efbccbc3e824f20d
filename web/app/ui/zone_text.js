/**
 * Zones in words.
 * @module
 */
import { number } from '../format.js';
import { t } from '../i18n/speak.js';

/** Hours of work a day. @param {number} hours */
export const hoursText = (hours) => t('hours_a_day', { n: number(hours, 2) });

/** A zone's name; what the service calls a new one, in the screen's language. @param {string} name */
export function zoneName(name) {
  const made = /^Zone (\d+)$/.exec(name);
  return made ? t('zone_n', { n: made[1] }) : name;
}
