import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isAlive, processStartTime } from '../../src/embedded/liveness.ts';

const TOOLS = fileURLToPath(new URL('../../tools', import.meta.url));

let root = '';
const inside = (...path: readonly string[]) => join(root, ...path);

/** A checkout whose only package is a Node, and an npm that notes each run, takes what `slow` says, and installs that Node. */
function makeCheckout(): void {
  root = mkdtempSync(join(tmpdir(), 'landfall-checkout-'));
  cpSync(TOOLS, inside('tools'), { recursive: true });
  writeFileSync(inside('package.json'), '{"type":"module"}');
  writeFileSync(inside('package-lock.json'), '{"packages":{"":{},"node_modules/some":{"version":"1.0.0","integrity":"x"}}}');
  mkdirSync(inside('bin'));
  mkdirSync(inside('bench'));
  const node = inside('node_modules', `node-${process.platform}-${process.arch}`, 'bin');
  script(
    'npm',
    `echo run >> ${inside('npm-runs')}; rm -rf node_modules; mkdir -p ${node}; echo half > node_modules/half; touch ${inside('begun')}
    while [ -e ${inside('hold')} ]; do sleep 0.05; done; [ ! -e ${inside('refuse')} ] || { echo no such registry; exit 1; }
    ln -s ${process.execPath} ${node}/node`,
  );
  script('rsync', 'exit 0');
  writeFileSync(inside('bench', 'main.ts'), 'console.log("ran", ...process.argv.slice(2)); process.exitCode = 7;');
}

function script(name: string, body: string): void {
  writeFileSync(inside('bin', name), `#!/bin/sh\n${body}\n`);
  chmodSync(inside('bin', name), 0o755);
}

const start = (...args: readonly string[]) => run('bootstrap.js', ...args);

function run(tool: string, ...args: readonly string[]) {
  const env = { ...process.env, PATH: `${inside('bin')}:${process.env.PATH}` };
  const child = spawn(process.execPath, [inside('tools', tool), ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'close').then(([code]) => ({ code, output }));
  return { child, ended };
}

async function untilThere(path: string): Promise<void> {
  while (!existsSync(path)) await delay(10);
}

const npmRuns = () => readFileSync(inside('npm-runs'), 'utf8').trim().split('\n').length;
const isWhole = () => !existsSync(inside('node_modules', 'half')) || existsSync(inside('node_modules', '.landfall-installed'));

describe('the bootstrap', () => {
  beforeEach(makeCheckout);
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('installs packages, hands over with the arguments, and passes the exit code on', async () => {
    const { code, output } = await start('bench', '--size', '3').ended;

    assert.equal(code, 7);
    assert.match(output, /Installing packages from package-lock\.json …\n/);
    assert.match(output, /ran --size 3\n/);
  });

  it('installs nothing and says nothing the second time', async () => {
    await start('bench').ended;

    const { output } = await start('bench').ended;

    assert.equal(output, 'ran\n');
    assert.equal(npmRuns(), 1);
  });

  it('installs again when the lockfile changed', async () => {
    await start('bench').ended;
    writeFileSync(inside('package-lock.json'), '{"packages":{"":{},"node_modules/other":{"version":"2.0.0","integrity":"y"}}}');

    await start('bench').ended;

    assert.equal(npmRuns(), 2);
  });

  it('says what npm said when that failed, and does not count the installation', async () => {
    writeFileSync(inside('refuse'), '');
    const { code, output } = await start('bench').ended;
    rmSync(inside('refuse'));

    const second = await start('bench').ended;

    assert.equal(code, 1);
    assert.match(output, /npm ci said:\nno such registry\n/);
    assert.equal(second.code, 7);
    assert.equal(npmRuns(), 2);
  });

  it('completes an installation that was killed half-way', async () => {
    writeFileSync(inside('hold'), '');
    const first = start('bench');
    await untilThere(inside('begun'));
    first.child.kill('SIGKILL');
    await first.ended;
    rmSync(inside('hold'));

    const { code } = await start('bench').ended;

    assert.equal(code, 7);
    assert.equal(npmRuns(), 2);
    assert.ok(isWhole());
  });

  it('lets one of two that start at once install, and the other wait for it', async () => {
    writeFileSync(inside('hold'), '');
    const first = start('bench');
    await untilThere(inside('begun'));
    const second = start('bench');
    const [waiting] = await once(second.child.stderr, 'data');
    rmSync(inside('hold'));

    const ends = await Promise.all([first.ended, second.ended]);

    assert.match(waiting, new RegExp(`^Waiting for process ${first.child.pid}, which is installing packages here`));
    assert.deepEqual(
      ends.map(({ code }) => code),
      [7, 7],
    );
    assert.equal(npmRuns(), 1);
  });

  it('passes a signal on and ends as the program does', async () => {
    writeFileSync(
      inside('bench', 'main.ts'),
      `process.on('SIGTERM', () => process.exit(9)); setInterval(() => undefined, 1e6); console.log('up');`,
    );
    const { child, ended } = start('bench');
    await once(child.stdout, 'data');

    child.kill('SIGTERM');

    assert.equal((await ended).code, 9);
  });

  it('takes the program with it when it is killed', async () => {
    writeFileSync(inside('bench', 'main.ts'), `setInterval(() => undefined, 1e6); console.log(process.pid);`);
    const { child, ended } = start('bench');
    const [line] = await once(child.stdout, 'data');
    const program = { pid: Number(line), startTime: processStartTime(Number(line)) ?? '' };
    const before = isAlive(program);

    child.kill('SIGKILL');
    await ended;
    while (isAlive(program)) await delay(10);

    assert.equal(before, true);
  });

  it('names the commands it knows when asked for another', async () => {
    const { code, output } = await start('dance').ended;

    assert.equal(code, 1);
    assert.equal(output, 'Unknown command dance. Known: demo, test, check, format, fuzz, chaos, bench.\n');
  });
});

describe('the command landfall', () => {
  beforeEach(makeCheckout);
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('says what to do when the packages are missing', async () => {
    const { code, output } = await run('landfall.js', 'status').ended;

    assert.equal(code, 1);
    assert.equal(
      output,
      'The packages of this checkout are not installed, or not those of package-lock.json. Run npm start once, or npm ci.\n',
    );
  });

  it('runs the command line with its arguments once they are there', async () => {
    await start('bench').ended;
    mkdirSync(inside('src', 'cli'), { recursive: true });
    writeFileSync(inside('src', 'cli', 'main.ts'), 'console.log("landfall", ...process.argv.slice(2));');

    const { code, output } = await run('landfall.js', 'status', '--json').ended;

    assert.equal(code, 0);
    assert.equal(output, 'landfall status --json\n');
  });
});
