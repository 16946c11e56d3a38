import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

type Step = (this: unknown, ...args: unknown[]) => unknown;

const isStep = (value: unknown): value is Step => typeof value === 'function';

const NAMES = [
  'open',
  'mkdir',
  'realpath',
  'rename',
  'link',
  'lstat',
  'stat',
  'rm',
  'unlink',
  'rmdir',
  'writeFile',
  'write',
  'sync',
  'close',
  'read',
];

/**
 * Counts steps in the file system, each a call of node:fs/promises, and kills this process after one of them (0: none). To be called
 * before the modules that take the steps are imported.
 */
export async function killAtStep(killAfter: number): Promise<{ count(): number; restart(): void }> {
  let steps = 0;
  const count = (target: object): void => {
    for (const name of NAMES) {
      const step: unknown = Reflect.get(target, name);
      if (!isStep(step)) continue;
      Object.defineProperty(target, name, {
        configurable: true,
        writable: true,
        async value(this: unknown, ...args: unknown[]) {
          const outcome: unknown = await step.apply(this, args);
          steps += 1;
          if (steps === killAfter) process.kill(process.pid, 'SIGKILL');
          return outcome;
        },
      });
    }
  };
  const handle = await promises.open(process.execPath);
  await handle.close();
  count(Object.getPrototypeOf(handle));
  count(promises);
  syncBuiltinESMExports();
  return {
    count: () => steps,
    restart: () => {
      steps = 0;
    },
  };
}
