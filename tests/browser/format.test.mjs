// Numbers and times as the screen shows them: rounding leaves no sign and no fraction.
import assert from 'node:assert/strict';
import test from 'node:test';
import { difference, number, percent, toTheSecond, useFormatLanguage, useZone, whole } from '../../web/app/format.js';

test('what is rounded to nothing has no sign', () => {
  useFormatLanguage('en');
  assert.equal(whole(-0.3), '0');
  assert.equal(whole(-12), '-12');
  assert.equal(number(-5.6e-17, 2), '0');
  assert.equal(number(-0.056, 2), '-0.056');
  assert.equal(percent(-0.0001), '0%');
  assert.equal(percent(-0.25), '-25%');
});

test('a gain that is rounding is none', () => {
  assert.equal(difference(-5.6e-17), 0);
  assert.equal(difference(0.0049), 0);
  assert.equal(difference(-0.3), -0.3);
});

test('a time to the second is on the clock of the district', () => {
  useZone('Asia/Shanghai');
  assert.equal(toTheSecond('2026-10-31T14:01:07Z'), '22:01:07');
});
