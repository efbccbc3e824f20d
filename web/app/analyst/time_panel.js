/**
 * When it happened: the counts over time, the chosen stretch dark, and the hours of the week
 * as numbers that can be taken away.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { number, weekday, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Empty } from '../ui/states.js';
import { BarChart } from './charts.js';
import { hourName } from './matrix.js';
import { Picture } from './picture.js';

/**
 * @param {object} props
 * @param {import('./api.js').Profile} props.profile
 * @param {import('./filter.js').Filter} props.filter
 * @param {import('../map/palette.js').Look} props.look
 */
export function TimePanel({ profile, filter, look }) {
  const { step, bars } = profile.timeline;
  if (!bars.length) return html`<${Empty} text=${t('a_nothing')} />`;
  const title = word('a_by', step);
  // A bar that begins before the stretch and ends in it counts as inside.
  const inside = bars.map((bar, i) => (!filter.until || bar.start < filter.until) && (!filter.from || (bars[i + 1]?.start ?? '9999') > filter.from.slice(0, 10)));
  const byHour = Array.from({ length: 24 }, (_, hour) => profile.hours.filter((__, i) => i % 24 === hour).reduce((sum, value) => sum + value, 0));
  return html`<div class="pictures">
    <${Picture} name=${`incidents-by-${step}`} title=${title}
      head=${[{ key: 'start', text: t('a_begins') }, { key: 'incidents', text: t('kind_incidents') }]}
      rows=${bars.map((bar) => ({ shown: [step === 'day' ? `${bar.start} ${weekday(bar.start)}` : bar.start, whole(bar.count)], raw: [bar.start, bar.count] }))}>
      <${BarChart} label=${title} series=${[{ name: t('kind_incidents'), values: bars.map((bar) => bar.count) }]} names=${bars.map((bar) => bar.start.slice(step === 'month' ? 0 : 2, step === 'month' ? 7 : 10))} dim=${inside.map((one) => !one)} xName=${title} yName=${t('kind_incidents')} yText=${whole} look=${look} /><//>
    <${Picture} name="incidents-by-hour" title=${t('a_by_hour')}
      head=${[{ key: 'hour_of_week', text: t('a_hours') }, { key: 'incidents', text: t('kind_incidents') }]}
      rows=${profile.hours.map((value, i) => ({ shown: [hourName(i), number(value)], raw: [i, value] }))}>
      <${BarChart} label=${t('a_by_hour')} series=${[{ name: t('kind_incidents'), values: byHour }]} names=${byHour.map((_, hour) => String(hour))} xName=${t('a_by_hour')} yName=${t('kind_incidents')} yText=${(/** @type {number} */ n) => number(n)} look=${look} /><//>
  </div>`;
}
