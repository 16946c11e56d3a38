/**
 * Puts one object in a process of its own, which kills itself after a given number of steps in the file system, each a call of
 * node:fs/promises. Arguments: the folder, after which step (0: none), the condition as JSON or null.
 * Says how many steps it took when it was not killed.
 */
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [folder = '', killAfter = '0', condition = 'null'] = process.argv.slice(2);
let steps = 0;

/** The same functions, counted. */
function counted(target: object): void {
  for (const [name, step] of methodsOf(target)) {
    Object.defineProperty(target, name, {
      configurable: true,
      writable: true,
      async value(this: unknown, ...args: unknown[]) {
        const outcome: unknown = await step.apply(this, args);
        steps += 1;
        if (steps === Number(killAfter)) process.kill(process.pid, 'SIGKILL');
        return outcome;
      },
    });
  }
}

type Step = (this: unknown, ...args: unknown[]) => unknown;

const isStep = (value: unknown): value is Step => typeof value === 'function';

const methodsOf = (target: object): readonly (readonly [string, Step])[] =>
  ['open', 'mkdir', 'realpath', 'rename', 'link', 'lstat', 'stat', 'rm', 'unlink', 'rmdir', 'writeFile', 'sync', 'close', 'read'].flatMap(
    (name) => {
      const step: unknown = Reflect.get(target, name);
      return isStep(step) ? [[name, step] as const] : [];
    },
  );

const handle = await promises.open(process.execPath);
await handle.close();
counted(Object.getPrototypeOf(handle));
counted(promises);
syncBuiltinESMExports();

const { openDisk } = await import('../../src/stores/objects/disk.ts');
const store = await openDisk({ folder });
steps = 0;
await store.put(
  'deep/er/key',
  Buffer.from('new'.repeat(100_000)),
  JSON.parse(condition) === null ? {} : { condition: JSON.parse(condition) },
);
process.stdout.write(`${steps}\n`);
