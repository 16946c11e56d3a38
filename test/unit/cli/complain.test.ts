import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommanderError } from 'commander';
import { complaintOf } from '../../../src/cli/complain.ts';
import { Failure } from '../../../src/errors.ts';

describe('what goes wrong, for machines', () => {
  it('is the code, the sentence and the exit status of a failure', () => {
    const failure = new Failure({ kind: 'stop', code: 'flow_busy', happened: 'Flow argo is at work', remedy: 'Wait for it' });

    assert.deepEqual(complaintOf(failure), { error: { code: 'flow_busy', message: 'Flow argo is at work. Wait for it.', exit: 4 } });
  });

  it('has a code of its own when Temporal went away or a fault is ours', () => {
    const away = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'no connection', metadata: {} });

    assert.deepEqual([complaintOf(away).error.code, complaintOf(away).error.exit], ['temporal_unreachable', 3]);
    assert.deepEqual([complaintOf(new RangeError('oh')).error.code, complaintOf(new RangeError('oh')).error.exit], ['fault', 1]);
  });

  it('is wrong usage when the command line cannot be read', () => {
    const unknown = new CommanderError(1, 'commander.unknownCommand', "error: unknown command 'aply'");
    const nothing = new CommanderError(1, 'commander.help', '(outputHelp)');

    assert.deepEqual(complaintOf(unknown), { error: { code: 'usage', message: "unknown command 'aply'", exit: 2 } });
    assert.deepEqual(complaintOf(nothing), { error: { code: 'usage', message: 'A command is missing.', exit: 2 } });
  });
});
