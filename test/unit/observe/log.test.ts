import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../../src/config/secret.ts';
import { Failure } from '../../../src/errors.ts';
import { createLog } from '../../../src/observe/log.ts';

function collect() {
  const lines: string[] = [];
  return { lines, stream: { write: (line: string) => void lines.push(line) } };
}

const LINE = /^\{"level":"info","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",/;

describe('the log', () => {
  it('is one JSON object a line: level, UTC time, the fields of the process, of the child, and of the event', () => {
    const { lines, stream } = collect();
    const log = createLog({ level: 'info', format: 'json', fields: { process: 'worker' }, stream });

    log.child({ flow: 'argo' }).info({ event: 'mirror_started', files: 3 });

    const [line = ''] = lines;
    assert.equal(lines.length, 1);
    assert.match(line, LINE);
    assert.match(line, /"process":"worker","flow":"argo","event":"mirror_started","files":3\}\n$/);
  });

  it('is JSON by itself when standard error is not a terminal', { skip: process.stderr.isTTY === true }, () => {
    const { lines, stream } = collect();

    createLog({ level: 'info', format: 'auto', stream }).info({ event: 'x' });

    assert.match(lines[0] ?? '', LINE);
  });

  it('leaves out what is below its level', () => {
    const { lines, stream } = collect();

    createLog({ level: 'warn', format: 'json', stream }).info({ event: 'x' });

    assert.deepEqual(lines, []);
  });

  it('holds no credential, wherever one was put', () => {
    const { lines, stream } = collect();
    const log = createLog({ level: 'info', format: 'json', stream });
    const uri = 'mongodb://landfall:hunter2@db/';

    log
      .child({ uri, password: 'hunter2' })
      .info({ event: 'a', uri, nested: { token: ['hunter2'] }, secret: new Secret('hunter2') }, `at ${uri}`);
    log.error({ event: 'b', err: new Error(`cannot reach ${uri}`, { cause: new Error(uri) }) });
    log.error(new Error(uri));
    log.warn('%s failed', uri);

    assert.equal(lines.length, 4);
    assert.doesNotMatch(lines.join(''), /hunter2/);
    assert.match(lines.join(''), /mongodb:\/\/\*\*\*@db\//);
  });

  it('shows a failure by its kind and code', () => {
    const { lines, stream } = collect();
    const failure = new Failure({ kind: 'again', code: 'disk_full', happened: 'No room is left on /data', remedy: 'Make room' });

    createLog({ level: 'info', format: 'json', stream }).error({ event: 'copy_failed', err: failure });

    const { err } = JSON.parse(lines[0] ?? '');
    assert.equal(err.kind, 'again');
    assert.equal(err.code, 'disk_full');
    assert.equal(err.message, 'No room is left on /data. Make room.');
  });

  it('shows an error and its cause apart, once each', () => {
    const { lines, stream } = collect();
    const error = new Error('The copy failed.', { cause: new Error('No room is left.') });

    createLog({ level: 'info', format: 'json', stream }).error({ event: 'copy_failed', err: error });

    const { err, msg } = JSON.parse(lines[0] ?? '');
    assert.deepEqual(
      [err.name, err.message, err.cause.message, msg],
      ['Error', 'The copy failed.', 'No room is left.', 'The copy failed.'],
    );
  });

  it('is made for people when asked: time, level, event, sentence, fields', () => {
    const { lines, stream } = collect();

    createLog({ level: 'info', format: 'pretty', stream }).info({ event: 'mirror_started', flow: 'argo' }, 'The night begins.');

    assert.match(lines.join(''), /^\[\d\d:\d\d:\d\d\] INFO: mirror_started The night begins\. \{"flow":"argo"\}\n$/);
  });
});
