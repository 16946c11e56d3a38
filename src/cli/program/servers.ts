import { demo } from '../demo/demo.ts';
import { dev } from '../dev.ts';
import { doctor } from '../doctor.ts';
import { worker } from '../worker.ts';
import { answering, command, type Usage, whole } from './usage.ts';

/** Commands that start servers and workers, or look after them. */
export function serverCommands(usage: Usage): void {
  const { landfall, globals } = usage;
  command(landfall, 'demo', 'a data centre and an observatory in miniature, brought home day by day; what npm start runs', 'demo --stay')
    .option('--floats <n>', 'floats of the miniature', whole(1), 30)
    .option('--cycles <n>', 'cycles of each', whole(1), 40)
    .option('--days <n>', 'days of the observatory', whole(2), 59)
    .option('--seed <n>', 'another seed, another world', whole(0), 1)
    .option('--stay', 'keep everything running afterwards', false)
    .action(async (options: { floats: number; cycles: number; days: number; seed: number; stay: boolean }) => {
      process.exitCode = await demo(globals(), options);
    });
  command(landfall, 'dev', 'start the embedded servers and a worker for all queues; stays until Ctrl-C', 'dev').action(() =>
    dev(globals()),
  );
  command(landfall, 'worker', 'do the work of task queues until told to stop', 'worker --queues load,transfer')
    .option('--queues <names>', 'which of control, request, transfer, convert, load, verify, notify; all when left out')
    .option('--suffix <host>', 'serve the queues of flows with this queueSuffix')
    .action(async (options: { queues?: string; suffix?: string }) => {
      process.exitCode = await worker(globals(), options.queues, options.suffix);
    });
  const looks = 'look at programs, servers, flow files, folders, space and clock; a line each with the remedy';
  command(landfall, 'doctor', looks, 'doctor').action(() => answering(usage, doctor));
}
