// What a plan does not keep is told once: where it was found impossible before the search it
// stands among the obstacles, with its reason.

/** Reasons of what was not even searched for. */
const BESIDE = ['no_road', 'outside_shift', 'too_many'];

/**
 * Whether what is missed is among the obstacles.
 * @param {import('../api.js').Plan['missed'][number]} m @param {import('../api.js').Obstacle[]} obstacles
 */
export function isTold(m, obstacles) {
  // Somebody could have kept it: that is no obstacle's.
  if (m.why === 'crowded') return false;
  const kind = m.kind === 'first_visit' ? 'frequency' : m.kind ?? 'must_visit';
  // A visit that is asked of one unit is a stop asked of that unit among the obstacles.
  const kinds = kind === 'must_visit' && m.unit ? ['must_visit', 'pin'] : [kind];
  const beside = BESIDE.includes(m.why);
  return obstacles.some((one) => {
    if (one.kind === 'many') return kinds.includes(one.what ?? '') && (beside ? one.why?.why === m.why : !BESIDE.includes(one.why?.why ?? ''));
    return kinds.includes(one.kind) && (one.name ?? one.unit) === m.name && (one.kind !== 'pin' || !one.unit || !m.unit || one.unit === m.unit);
  });
}
