import { parseArgs } from 'node:util';
import { QUEUES, type Queue } from '../src/config/queues.ts';
import { Failure } from '../src/errors.ts';

export interface WorkerArguments {
  readonly queues: readonly Queue[];
  /** Serve `landfall-<queue>@<suffix>` instead of the plain queues. */
  readonly suffix: string | null;
}

const isQueue = (name: string): name is Queue => QUEUES.some((queue) => queue === name);

/** Reads `--queues load,transfer` and `--suffix HOST`. No `--queues`: all of them. */
export function workerArguments(args: readonly string[]): WorkerArguments {
  const { values } = parseArgs({ args: [...args], options: { queues: { type: 'string' }, suffix: { type: 'string' } } });
  const names = values.queues === undefined ? [...QUEUES] : values.queues.split(',').map((name) => name.trim().replace(/^landfall-/, ''));
  const queues = names.map((name) => {
    const queue = name === 'landfall' ? 'control' : name;
    if (isQueue(queue)) return queue;
    throw new Failure({
      kind: 'stop',
      code: 'unknown_queue',
      happened: `"${name}" is no queue`,
      expected: `some of ${QUEUES.join(', ')}`,
      remedy: 'Correct --queues',
    });
  });
  return { queues: [...new Set(queues)], suffix: values.suffix ?? null };
}
