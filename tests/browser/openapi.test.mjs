// The OpenAPI document by the rules that others judge it by (Redocly's recommended ones): no
// error and no warning.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const SNAPSHOT = 'tests/service/snapshots/service__openapi__openapi.snap';

test('the OpenAPI document is clean', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  try {
    const text = readFileSync(SNAPSHOT, 'utf8');
    const file = join(folder, 'openapi.json');
    writeFileSync(file, text.slice(text.indexOf('\n---\n') + 5));
    const lint = ['redocly', 'lint', file, '--config', 'redocly.yaml', '--format', 'json', '--max-problems', '500'];
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    let said;
    try {
      said = execFileSync('npx', lint, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] });
    } catch (fault) {
      said = fault.stdout;
    }
    const problems = JSON.parse(said).problems.map((it) => `${it.ruleId}: ${it.message} ${it.location?.[0]?.pointer}`);
    assert.deepEqual(problems, []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
