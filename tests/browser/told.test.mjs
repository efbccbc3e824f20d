// What is not kept is told once: among the obstacles, or in the list of what is missed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { isTold } from '../../web/app/ui/told.js';

const due = { start: '2026-10-31T14:00:00Z', end: '2026-10-31T16:00:00Z' };
const missed = (/** @type {object} */ more) => ({ name: 'Post 4', due, why: 'no_unit_in_time', kind: 'must_visit', ...more });

test('a visit asked of one unit is known among the obstacles by name and unit', () => {
  const obstacles = [{ kind: 'pin', name: 'Post 4', unit: 'A2', why: { why: 'no_unit_may' } }];
  assert.ok(isTold(missed({ unit: 'A2' }), obstacles));
  assert.ok(!isTold(missed({ unit: 'A3' }), obstacles));
  assert.ok(!isTold(missed({ unit: null }), obstacles));
  assert.ok(!isTold(missed({ name: 'Post 5', unit: 'A2' }), obstacles));
});

test('what was not searched for is in the sum of its reason', () => {
  const many = (/** @type {string} */ why) => [{ kind: 'many', what: 'must_visit', why: { why }, times: 9, count: 9, of: 20, names: ['Post 1'] }];
  for (const why of ['no_road', 'outside_shift', 'too_many']) {
    assert.ok(isTold(missed({ why }), many(why)), why);
    assert.ok(!isTold(missed({ why }), many('forbidden')), why);
    assert.ok(!isTold(missed({}), many(why)), why);
  }
  assert.ok(isTold(missed({}), many('too_early')));
});

test('what somebody could have kept is no obstacle', () => {
  const obstacles = [{ kind: 'must_visit', name: 'Post 4', why: { why: 'too_early' } }];
  assert.ok(isTold(missed({}), obstacles));
  assert.ok(!isTold(missed({ why: 'crowded' }), obstacles));
});
