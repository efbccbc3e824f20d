// The real program on the sample district, for browser tests: `frontbeat sample`, then
// `frontbeat serve` on a free port, both ended with the test. FRONTBEAT_BIN is the
// program; FRONTBEAT_URL instead names a service that already runs.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const START_MS = 60_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * @param {(run: (...args: string[]) => Promise<unknown>, workspace: string) => Promise<void>} [prepare] what is done with the sample before it is served; then it is always a service of its own
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function startService(prepare) {
  if (process.env.FRONTBEAT_URL && !prepare) return { url: process.env.FRONTBEAT_URL.replace(/\/$/, ''), stop: async () => {} };
  const program = path.resolve(root, process.env.FRONTBEAT_BIN ?? 'target/release/frontbeat');
  const folder = await mkdtemp(path.join(tmpdir(), 'frontbeat-browser-'));
  const workspace = path.join(folder, 'sample.gpkg');
  await promisify(execFile)(program, ['sample', workspace, '--seed', '7'], { timeout: 120_000 });
  await prepare?.((...args) => promisify(execFile)(program, args, { timeout: 120_000 }), workspace);
  const port = await freePort();
  const child = spawn(program, ['serve', workspace, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => { log += bytes; });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000))]);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) break;
    const ready = await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
    if (ready) return { url, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`the service did not get ready:\n${log}`);
}
