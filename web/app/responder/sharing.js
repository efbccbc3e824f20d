/**
 * The unit's position, sent only while somebody has switched it on and the unit is on shift.
 * Off by default; ends by itself with the shift, and with the link.
 * @module
 */
import { metres } from '../map/flat.js';
import { mayShare } from './ahead.js';
import { keep, kept } from './keep.js';

/** @typedef {'off'|'on'|'no_shift'|'denied'|'nowhere'|'insecure'} SharingState */

const EVERY_MS = 20e3;
const LEAST_MS = 5e3;
const MOVED_M = 25;
/** What is less exact than this would tell a street for its neighbour. */
const WORST_M = 150;

export class Sharing {
  /** @param {import('./duty.js').Duty} duty */
  constructor(duty) {
    this.duty = duty;
    this.watching = 0;
    this.wanted = false;
    /** Why it is not shared although it is wanted. @type {'denied'|'nowhere'|null} */
    this.trouble = null;
    this.sent = { at: 0, place: /** @type {[number, number]} */ ([0, 0]) };
    this.refusals = 0;
  }

  /** @returns {SharingState} */
  state() {
    if (!isSecureContext || !navigator.geolocation) return 'insecure';
    const seen = this.duty.seen();
    if (!seen || !mayShare(seen, this.duty.now())) return 'no_shift';
    if (!this.wanted) return 'off';
    return this.trouble ?? 'on';
  }

  /** On again after a reload, where it was on with this link. */
  resume() {
    if (kept('share', '') === this.duty.token && this.duty.token) this.start();
  }

  start() {
    this.wanted = true;
    this.trouble = null;
    keep('share', this.duty.token);
    navigator.geolocation?.clearWatch(this.watching);
    this.watching = navigator.geolocation?.watchPosition((fix) => this.moved(fix), (fault) => {
      this.trouble = fault.code === fault.PERMISSION_DENIED ? 'denied' : 'nowhere';
      this.duty.tell();
    }, { enableHighAccuracy: true, maximumAge: 5000 }) ?? 0;
    this.duty.tell();
  }

  stop() {
    this.wanted = false;
    this.trouble = null;
    keep('share', null);
    navigator.geolocation?.clearWatch(this.watching);
    this.duty.tell();
  }

  /** The service doesn't take it: the shift is over. */
  refused() {
    this.stop();
  }

  /** @param {GeolocationPosition} fix */
  moved({ coords, timestamp }) {
    if (this.trouble) {
      this.trouble = null;
      this.duty.tell();
    }
    const seen = this.duty.seen();
    if (!seen) return;
    if (!mayShare(seen, this.duty.now())) {
      // The shift is over: what was switched on for it goes off with it.
      if (seen.shift && this.duty.now() >= Date.parse(seen.shift.until)) this.stop();
      return;
    }
    if (coords.accuracy > WORST_M) return;
    /** @type {[number, number]} */
    const place = [Number(coords.longitude.toFixed(6)), Number(coords.latitude.toFixed(6))];
    const since = timestamp - this.sent.at;
    if (since < LEAST_MS || (since < EVERY_MS && metres(place, this.sent.place) < MOVED_M)) return;
    this.sent = { at: timestamp, place };
    this.duty.act({ kind: 'position', position: place });
  }
}
