/**
 * Changes a series in a folder in a process of its own, which kills itself after a given number of steps in the file system.
 * Arguments: the folder, which change, after which step (0: none). Says how many steps it took when it was not killed.
 */
import { killAtStep } from './kill-at-step.ts';

const [folder = '', what = '', killAfter = '0'] = process.argv.slice(2);

const steps = await killAtStep(Number(killAfter));
const { diskPlaceAt } = await import('./series-place.ts');
const { FIRST, GROWN, MIXED } = await import('./series-cases.ts');
const place = await diskPlaceAt(folder);
steps.restart();
await { first: FIRST, mixed: MIXED, grown: GROWN }[what]?.run(place.store());
process.stdout.write(`${steps.count()}\n`);
