/**
 * Lengths and circles on ground so small that it is flat.
 * @module
 */

/** Corners of a circle. */
const CORNERS = 32;
/** Metres of a degree of latitude. */
const DEGREE_M = 111_195;

/** @typedef {[number, number]} Place longitude, latitude */

/** Metres between two places near each other. @param {Place} a @param {Place} b */
export function metres(a, b) {
  const x = (a[0] - b[0]) * Math.cos((a[1] * Math.PI) / 180) * 111_320;
  return Math.hypot(x, (a[1] - b[1]) * 110_540);
}

/** A circle as the rings of a polygon. @param {Place} at @param {number} radius metres */
export function circle([lon, lat], radius) {
  const corner = (/** @type {number} */ n) => {
    const angle = (2 * Math.PI * n) / CORNERS;
    const [east, north] = [Math.cos(angle) * radius, Math.sin(angle) * radius];
    return [lon + east / (DEGREE_M * Math.cos((lat * Math.PI) / 180)), lat + north / DEGREE_M];
  };
  const ring = Array.from({ length: CORNERS }, (_, n) => corner(n));
  return [[...ring, ring[0]]];
}
