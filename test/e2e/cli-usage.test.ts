import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse } from 'yaml';
import { type Command, commandIn } from '../helpers/command.ts';

const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:1', MONGODB_URI: 'mongodb://user:geheim@127.0.0.1:1/' };

describe('the command landfall, without servers', { concurrency: 2 }, () => {
  let folder: string;
  let landfall: Command;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'landfall-cli-'));
    landfall = commandIn(folder, {});
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [words, said] of [
    ['status --jsn', /unknown option '--jsn'/],
    ['width argo 65', /Expected a whole number from 1 to 64/],
    ['worker --queues load,laod', /"laod" is no queue\. Expected some of control, /],
    ['--flows nowhere diff', /nowhere: the folder does not exist\. Write a first flow file with `landfall --flows nowhere init`/],
    ['init oio', /There is no kind "oio"\. Did you mean ooi\?/],
    ['argo translate --root nowhere', /nowhere is not a folder/],
  ] as const) {
    it(`takes "${words}" for wrong usage, in a sentence`, async () => {
      const { exit, stdout, stderr } = await landfall(words);

      assert.equal(exit, 2);
      assert.match(stderr, said);
      assert.doesNotMatch(stderr, /\n {4}at /, 'no stack trace');
      assert.equal(stdout, '');
    });
  }

  it('names everything that is wrong in the settings', async () => {
    const { exit, stderr } = await landfall('status', { LANDFALL_LOG_LEVEL: 'loud', LANDFALL_HOEM: 'x', LANDFALL_CAPACITY_LOAD: '-1' });

    assert.equal(exit, 2);
    assert.match(stderr, /^3 problems in the environment:/);
    assert.match(stderr, /LANDFALL_HOEM is not a setting\. Did you mean LANDFALL_HOME\?/);
  });

  for (const words of ['apply --json', 'doctor --json']) {
    it(`"${words}" never shows the password of a database that does not answer`, async () => {
      mkdirSync(join(folder, 'empty'), { recursive: true });

      const { exit, stdout, stderr } = await landfall(`--flows empty ${words}`, nowhere);

      assert.equal(exit, words === 'doctor --json' ? 1 : 3);
      assert.match(stdout + stderr, /127\.0\.0\.1:1/);
      assert.doesNotMatch(stdout + stderr, /geheim/);
      assert.doesNotMatch(stderr, /\n {4}at /);
    });
  }

  for (const words of ['--json quarantine list', 'quarantine list --json', '--json aply', '--json']) {
    it(`"${words}" puts what went wrong on standard output as one value`, async () => {
      const answer = await landfall(words);

      const value = answer.json();
      const code = words.includes('list') ? 'no_servers' : 'usage';
      assert.deepEqual(value, { error: { ...Object(value).error, code, exit: answer.exit } });
      assert.equal(answer.stdout.split('\n').length, 1);
      assert.notEqual(answer.stderr, '');
    });
  }

  it('prints a schema of flow files that tells right from wrong, and takes the file that init writes', async (t) => {
    const { exit, json } = await landfall('schema');
    const made = await landfall('--flows made init argo --json');
    const example: unknown = parse(readFileSync(join(folder, 'made', 'argo.yaml'), 'utf8'));
    // Comes with the bundler of workflows; no dependency of ours.
    const ajv = await import('ajv/dist/2020.js').catch(() => null);
    if (ajv === null) return t.skip('The validator ajv is not installed.');

    const validate = new ajv.Ajv2020({ strict: false, logger: false }).compile(Object(json()));

    assert.equal(exit, 0);
    assert.deepEqual(made.json(), { file: join(folder, 'made', 'argo.yaml') });
    assert.equal(Object(json()).$schema, 'https://json-schema.org/draft/2020-12/schema');
    assert.ok(validate(example), JSON.stringify(validate.errors));
    assert.ok(!validate({ ...Object(example), upstream: {} }));
    assert.ok(!validate({ ...Object(example), kind: 'agro' }));
  });

  it('is the same command through the shim in tools', async () => {
    const shim = fileURLToPath(new URL('../../tools/landfall.js', import.meta.url));

    const { exitCode, stderr } = await execa(process.execPath, [shim, 'run', 'mirror'], { reject: false });

    assert.equal(exitCode, 2);
    assert.match(stderr, /missing required argument 'flow'/);
  });
});
