/**
 * Puts one object in a process of its own, which kills itself after a given number of steps in the file system, each a call of
 * node:fs/promises. Arguments: the folder, after which step (0: none), the condition as JSON or null.
 * Says how many steps it took when it was not killed.
 */
import { killAtStep } from './kill-at-step.ts';

const [folder = '', killAfter = '0', condition = 'null'] = process.argv.slice(2);

const steps = await killAtStep(Number(killAfter));
const { openDisk } = await import('../../src/stores/objects/disk.ts');
const store = await openDisk({ folder });
steps.restart();
await store.put(
  'deep/er/key',
  Buffer.from('new'.repeat(100_000)),
  JSON.parse(condition) === null ? {} : { condition: JSON.parse(condition) },
);
process.stdout.write(`${steps.count()}\n`);
