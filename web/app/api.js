/**
 * Talks to the service: JSON in, JSON out, and failures as one class that carries what the
 * service said (RFC 9457 problem+json), so that a panel can put it in words.
 * @module
 */

/**
 * @typedef {{code: string, parent: string|null, name_en: string, name_zh: string, count: number}} Category
 * @typedef {{id: string, name_en: string, name_zh: string, start: string, end: string}} Shift
 * @typedef {object} Workspace
 * @property {string} name
 * @property {string} timezone
 * @property {boolean} synthetic
 * @property {[number, number, number, number]|null} bbox
 * @property {GeoJSON.Geometry|null} boundary
 * @property {number|null} area_km2
 * @property {string|null} attribution
 * @property {number} data_version
 * @property {number} content_version grows with layers, roads and incidents, not with plans
 * @property {string} version
 * @property {{count: number, from: string, until: string}|null} incidents
 * @property {string} today
 * @property {boolean} has_roads
 * @property {Category[]} categories
 * @property {Shift[]} shifts
 * @property {{kind: string, count: number}[]} layers
 * @property {string[]} models
 * @property {number[]} resolutions
 * @property {number} default_resolution
 * @property {string|null} [read_only] why nothing is stored; none where plans are
 *
 * @typedef {{class: number, share_from: number, share_to: number, min_per_km2: number|null, cells: number}} RiskClass
 * @typedef {object} Risk
 * @property {string} id
 * @property {string} tiles
 * @property {number} total
 * @property {number} max_per_km2
 * @property {{start: string, end: string}} window
 * @property {string|null} data_until
 * @property {boolean} not_enough_data
 * @property {number|null} stale_days days from the end of the data to the window, where many
 * @property {string} model
 * @property {'asked'|'record'|'record_of_all'|'no_record'} chosen_by
 * @property {{weeks: number, area: number, hits: number, count_hits: number}|null} record
 * @property {Record<string, unknown>} parameters
 * @property {number} events
 * @property {number} cells
 * @property {boolean} empty
 * @property {RiskClass[]} classes
 * @property {{look_back?: {start: string, end: string}, inputs_sha256?: string, version?: string}} provenance
 * @property {{geojson: string, cells: string}} links
 *
 * @typedef {object} RiskCell
 * @property {string} cell
 * @property {number} rank
 * @property {[number, number]} centre
 * @property {number} expected
 * @property {[number, number]} interval 80 % of what may come
 * @property {number} at_least_one the chance of one or more
 * @property {number} per_km2
 * @property {number} class
 * @property {{id: string, name: string}|null} beat
 *
 * @typedef {{kind: 'risk', expected_in_hour: number, rank: number, of: number, earlier_visits: number}
 *   | {kind: 'must_visit', from: string, until: string}
 *   | {kind: 'break', from: string, until: string}} StopReason
 * @typedef {object} Stop
 * @property {number} number
 * @property {[number, number]} position
 * @property {string|null} cell
 * @property {string} label
 * @property {string} arrival
 * @property {string|null} [begins] when what the unit came for begins; none where that is its arrival
 * @property {string} departure
 * @property {number} drive
 * @property {number} gain
 * @property {StopReason} reason
 * @property {boolean} [pinned] whether it was asked for
 * @property {{kind: 'place', cell: string, label: string, gain: number}|{kind: 'nothing'}|null} [instead] what was dropped for it; none for breaks and in older plans
 * @typedef {object} Route
 * @property {string} unit
 * @property {string} call_sign
 * @property {[number, number]} start
 * @property {Stop[]} stops
 * @property {[number, number][]} line
 * @property {number} length
 * @property {number} driving
 * @typedef {{kept: number, asked: number}} Kept
 * @typedef {{name: string, every: number, visits: number, due: string, kept: boolean}} Rhythm
 * @typedef {object} PlanReport
 * @property {boolean} [of_whole_area] whether `response` is of all calls; in older plans of those at places worth a stop
 * @property {number} risk_share
 * @property {number|null} risk_bound the most incidents that any plan could cover
 * @property {{within: number, share: number}[]} response seconds, and the share of calls reached within them
 * @property {number} busy
 * @property {Kept} must_visits
 * @property {Kept} frequencies points visited as often as they should be, or not due yet
 * @property {Rhythm[]} [rhythms] these points one by one; none in older plans
 * @property {Kept} breaks
 * @property {Kept} pins
 * @property {number} travel_share
 * @property {number|null} fairness
 * @property {{name: string, wanted_min: number, given_min: number}[]} beats
 * @property {number|null} same_as_last
 * @property {number|null} drawn_of
 * @property {number|null} best_covered
 * @typedef {{kind: string, unit?: string|null, name?: string, place?: string, until?: string, earliest?: string|null, count?: number, of?: number, what?: string, times?: number, names?: string[], why?: {why: string, earliest?: string}|null}} Obstacle
 * @typedef {object} Replanned
 * @property {string} of id of the plan before
 * @property {string} at
 * @property {{unit: number, unit_id: string, call_sign: string, why: {kind: string}, dropped: string[], added: string[], en: string, zh: string}[]} changes one a unit
 * @property {{before: number, stayed: number, forced: number, added: number, en: string, zh: string}} stability
 * @property {number} carried_on
 * @property {{name: string, due: string, soonest: string, late_s: number, en: string, zh: string}|null} [late] that nobody can be at the pressed pillar in time
 * @typedef {object} Plan
 * @property {string} id
 * @property {string} made_at
 * @property {{start: string, end: string}} window
 * @property {boolean} synthetic
 * @property {Route[]} routes
 * @property {{name: string, due: {start: string, end: string}, why: string, kind?: string, unit?: string|null}[]} missed `unit`: the only one that was to keep it
 * @property {{unit: string, call_sign: string, why: string, replaced_by?: string|null}[]} [left_out] idle units without a route; none in older plans
 * @property {'board'|'layer'} [units_from] the live board, or the layer as it was imported
 * @property {number|null} [units_asked] how many units were asked for; null where all idle ones were
 * @property {number} risk_covered
 * @property {number} risk_total
 * @property {{resolution: number}} risk the surface it was planned on
 * @property {number} seed
 * @property {{iterations: number, iterations_asked: number|null, kept_stops?: number|null, ended_by: string}|null} [search] how the search went; none in older plans
 * @property {Record<string, number>|null} [weights] what counted how much
 * @property {PlanReport|null} [report] its figures; none in older plans
 * @property {Obstacle[]} [obstacles] what could not be met, found before the search
 * @property {{preset: import('./wishes.js').Preset, risk_covered: number, report: PlanReport}[]} [trade_off] what each preset comes to, where asked
 * @property {Replanned|null} [replanned] what it changes of an earlier plan; none where it was not made in mid-shift
 * @property {{self: string, gpx: string, geojson: string, csv: string, pdf: string, sheet: string}} links
 * @typedef {{id: string, made_at: string, window: {start: string, end: string}, units: number, stops: number, risk_covered: number, risk_total: number}} PlanSummary
 *
 * @typedef {{id: string, name: string, metres: number, seconds: number|null}} NearItem
 * @typedef {{beat: {id: string, name: string}|null, pillars: NearItem[], joint_duty_posts: NearItem[], posts?: NearItem[], stations: NearItem[], units: NearItem[]}} Near
 */

/** What went wrong with a request: no answer at all (status 0), or the service's problem. */
export class ApiProblem extends Error {
  /**
   * @param {number} status HTTP status; 0 where the service could not be reached
   * @param {string} title
   * @param {string} detail
   * @param {string} [kind] the problem's stable type, like `no-roads`
   */
  constructor(status, title, detail, kind = '') {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.kind = kind;
  }
}

/**
 * @template T
 * @param {string} url
 * @param {RequestInit} [init]
 * @returns {Promise<T>}
 */
export async function request(url, init) {
  return (await answered(url, init)).json();
}

/**
 * An answer whose body is still to be read; whatever is none is an {@link ApiProblem}.
 * @param {string} url
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function answered(url, init) {
  let answer;
  try {
    answer = await fetch(url, init);
  } catch (cause) {
    if (init?.signal?.aborted) throw cause;
    throw new ApiProblem(0, '', '');
  }
  if (answer.ok) return answer;
  /** @type {{type?: string, title?: string, detail?: string}} */
  const problem = await answer.json().catch(() => ({}));
  throw new ApiProblem(answer.status, problem.title ?? answer.statusText, problem.detail ?? '', (problem.type ?? '').replace('/problems/', ''));
}

/**
 * @param {object} body
 * @param {AbortSignal} signal
 * @returns {RequestInit}
 */
export const sending = (body, signal) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  signal,
});

/** @returns {Promise<Workspace>} */
export const fetchWorkspace = () => request('/api/workspace');

/**
 * @param {string} query as made by {@link import('./state.js').riskQuery}
 * @param {AbortSignal} signal
 * @returns {Promise<Risk>}
 */
export const fetchRisk = (query, signal) => request(`/api/risk?${query}`, { signal });

/**
 * @typedef {object} Cluster more than usual somewhere
 * @property {[number, number]|null} centre null: the whole district
 * @property {number|null} radius_m
 * @property {{id: string, name: string}|null} beat
 * @property {number} hours until now
 * @property {number} incidents
 * @property {number} usual
 * @property {number} once_in_days so rare is it where all is as usual
 * @property {boolean} or_rarer
 *
 * @typedef {object} Unusual
 * @property {number} false_alarm_days days to one false alarm
 * @property {boolean} or_rarer
 * @property {number} own_weeks_ringing of the own last weeks, those in which it would have rung
 * @property {number} own_weeks
 * @property {number[]} hours
 * @property {Cluster[]} clusters strongest first
 *
 * @typedef {object} Heat the heatmap of now
 * @property {number} sequence its version
 * @property {string} at
 * @property {Risk} now in the classes of the usual
 * @property {Risk} against in classes by times the usual
 * @property {Risk} usual
 * @property {number[]} times from which the classes of `against` begin, class 5 first
 * @property {{per_event: number, mean_days: number}|null} triggering
 * @property {Unusual|null} unusual null where the past is too thin to say
 */

/**
 * @param {AbortSignal} [signal]
 * @returns {Promise<Heat>}
 */
export const fetchHeat = (signal) => request('/api/heat', { signal });

/**
 * @typedef {{value: number, low: number|null, high: number|null}} Estimate 95 % of the draws of weeks lie from `low` to `high`; null with few weeks
 *
 * @typedef {object} ModelRecord the models on the last weeks
 * @property {'best'|'baseline'|'too_few'} verdict
 * @property {string} model the one to use
 * @property {number} windows weeks scored
 * @property {number} incidents
 * @property {{model: string, log_score: Estimate|null, hit_rates: {area: number, hits: Estimate|null}[], deciles: {expected: number, observed: number}[]}[]} models
 */

/**
 * @param {string} query as made by {@link import('./state.js').recordQuery}
 * @param {AbortSignal} signal
 * @returns {Promise<ModelRecord>}
 */
export const fetchRecord = (query, signal) => request(`/api/record?${query}`, { signal });

/**
 * How frozen forecasts did; null where none was scored so far.
 * @param {string} query as made by {@link import('./state.js').recordQuery}
 * @param {AbortSignal} signal
 * @returns {Promise<{card: ModelRecord|null}>}
 */
export const fetchScorecard = (query, signal) => request(`/api/scorecard?${query}`, { signal });

/**
 * @typedef {{id: string, model: string, frozen_at: string, window: {start: string, end: string}}} Frozen
 */

/**
 * Freezes a window that lies ahead.
 * @param {{window: string, category: string[], resolution: number, hours?: number[]}} wish
 * @param {AbortSignal} signal
 * @returns {Promise<{forecasts: Frozen[]}>}
 */
export const freezeForecast = (wish, signal) => request('/api/forecasts', sending(wish, signal));

/**
 * @param {Risk} risk
 * @param {number} limit
 * @param {AbortSignal} signal
 * @returns {Promise<{cells: RiskCell[]}>}
 */
export const fetchCells = (risk, limit, signal) => request(`/api/risk/${risk.id}/cells?limit=${limit}`, { signal });

/**
 * The cell under a position; null outside the grid.
 * @param {string} riskId
 * @param {[number, number]} at
 * @param {AbortSignal} signal
 * @returns {Promise<RiskCell|null>}
 */
export async function fetchCellAt(riskId, [lon, lat], signal) {
  try {
    return await request(`/api/risk/${riskId}/at?lon=${lon}&lat=${lat}`, { signal });
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.status === 404) return null;
    throw problem;
  }
}

/**
 * @param {[number, number]} at
 * @param {AbortSignal} signal
 * @returns {Promise<Near>}
 */
export const fetchNear = ([lon, lat], signal) => request(`/api/near?lon=${lon}&lat=${lat}`, { signal });

/**
 * One incident; null where the data no longer has it. Incidents are listed by time, so
 * its second is asked for and it is found there.
 * @param {string} id
 * @param {string} when RFC 3339
 * @param {AbortSignal} signal
 * @returns {Promise<GeoJSON.Feature|null>}
 */
export async function fetchIncident(id, when, signal) {
  const start = Math.floor(Date.parse(when) / 1000) * 1000;
  const query = new URLSearchParams({ from: new Date(start).toISOString(), until: new Date(start + 1000).toISOString(), limit: '10000' });
  /** @type {GeoJSON.FeatureCollection} */
  const page = await request(`/api/incidents?${query}`, { signal });
  return page.features.find((f) => f.properties?.id === id) ?? null;
}

/**
 * @param {string} kind
 * @returns {Promise<GeoJSON.FeatureCollection>}
 */
export const fetchLayer = (kind) => request(`/api/layers/${kind}`);

/**
 * @param {{window: string, units: number, model: string, category: string[], resolution: number, look_back_days?: number, bandwidth_m?: number, half_life_days?: number, seed?: number, deadline_ms: number, wishes?: object}} wish
 * @param {AbortSignal} signal
 * @returns {Promise<Plan>}
 */
export const makePlan = (wish, signal) => request('/api/plans', sending(wish, signal));

/**
 * Changes a plan in mid-shift; the answer is a plan of its own.
 * @param {Plan} plan
 * @param {{at: string, change: object}} wish
 * @param {AbortSignal} signal
 * @returns {Promise<Plan>}
 */
export const replan = (plan, wish, signal) => request(`${plan.links.self}/replan`, sending(wish, signal));

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Plan>}
 */
export const fetchPlan = (id, signal) => request(`/api/plans/${encodeURIComponent(id)}`, { signal });

/**
 * @param {AbortSignal} signal
 * @returns {Promise<{plans: PlanSummary[]}>}
 */
export const fetchPlans = (signal) => request('/api/plans?limit=20', { signal });
