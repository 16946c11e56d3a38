import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NamespaceNotFoundError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { exitCodeOf, exitOfRun, sentenceOf } from '../../../src/cli/exit.ts';
import { Failure } from '../../../src/errors.ts';

const failure = (code: string): Failure => new Failure({ kind: 'stop', code, happened: 'It went wrong', remedy: 'Do something' });

/** As the gRPC library makes them. */
const grpc = (code: number, details: string): Error => Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });

describe('the exit status', () => {
  const expected: readonly (readonly [code: string, status: number])[] = [
    ['anything_else', 1],
    ['not_running', 1],
    ['bad_configuration', 2],
    ['usage', 2],
    ['unknown_queue', 2],
    ['unknown_item', 2],
    ['no_such_tree', 2],
    ['not_a_profile_file', 2],
    ['missing_secret', 2],
    ['no_servers', 3],
    ['database_unreachable', 3],
    ['temporal_unreachable', 3],
    ['flow_busy', 4],
    ['ended_by_sighup', 129],
    ['ended_by_sigint', 130],
    ['ended_by_sigterm', 143],
  ];
  for (const [code, status] of expected) {
    it(`is ${status} for ${code}`, () => {
      assert.equal(exitCodeOf(failure(code)), status);
    });
  }

  it('of a run that was waited for is 0 only when it ended well', () => {
    const at = new Date('2026-03-01T06:00:00Z');
    const statuses = (['ok', 'failed', 'failing', 'stopped', 'asks'] as const).map((health) => exitOfRun({ endedAt: at, health }));

    assert.deepEqual([...statuses, exitOfRun({ endedAt: null, health: 'ok' })], [0, 1, 1, 1, 1, 1]);
  });

  it('is 3 when Temporal goes away in the middle, 2 for a namespace that is not there, 1 for its other refusals', () => {
    const away = new ServiceError('Failed to start', { cause: grpc(14, 'connect ECONNREFUSED') });

    assert.equal(exitCodeOf(away), 3);
    assert.equal(exitCodeOf(grpc(4, 'deadline')), 3);
    assert.equal(exitCodeOf(new NamespaceNotFoundError('nope')), 2);
    assert.equal(exitCodeOf(grpc(7, 'permission denied')), 1);
    assert.equal(exitCodeOf(new WorkflowNotFoundError('not found', 'mirror/argo', undefined)), 1);
  });

  it('is 1 for a fault of our own', () => {
    assert.equal(exitCodeOf(new TypeError('undefined is not a function')), 1);
  });
});

describe('the sentence of an error', () => {
  it('is the failure’s own', () => {
    assert.equal(sentenceOf(failure('x')), 'It went wrong. Do something.');
  });

  it('names what Temporal refused and what to do, without a stack', () => {
    const sentence = sentenceOf(new ServiceError('Failed to start', { cause: grpc(7, 'no rights here') }));

    assert.equal(sentence, 'Temporal refused: no rights here. Look at it with: landfall doctor.');
  });

  it('passes on what the system refused, without a stack', () => {
    const sentence = sentenceOf(Object.assign(new Error("EACCES: permission denied, open '/x'"), { code: 'EACCES' }));

    assert.equal(sentence, "The system refused: EACCES: permission denied, open '/x'.");
  });

  it('shows where a fault of our own happened', () => {
    assert.match(sentenceOf(new TypeError('oh')), /fault of its own: oh\. Please report it\.\nTypeError: oh\n {4}at /);
  });

  it('holds no password', () => {
    const sentence = sentenceOf(new Error('cannot reach mongodb://me:geheim@db.example.org/'));

    assert.doesNotMatch(sentence, /geheim/);
  });
});
