import { setWidth, signalFlow } from '../controls.ts';
import { runJob } from '../run.ts';
import { status } from '../status.ts';
import { watch } from '../watch.ts';
import { answering, command, type Usage, whole } from './usage.ts';

/** Commands that start runs, look at them and steer them. */
export function runCommands(usage: Usage): void {
  const { landfall } = usage;
  command(landfall, 'run', 'start a job of a flow', 'run mirror argo --wait')
    .argument('<job>', 'such as mirror or reload')
    .argument('<flow>', 'name of the flow')
    .option('--force', 'accept what the job would otherwise ask about')
    .option('--dry-run', 'show what it would do, change nothing')
    .option('--wait', 'show its progress and wait for its result')
    .action((job: string, flow: string, options: { force?: boolean; dryRun?: boolean; wait?: boolean }) =>
      answering(usage, (context) => runJob(context, job, flow, options)),
    );
  command(landfall, 'status', 'every flow: what is home, what is in quarantine, the last run, the next start', 'status argo')
    .argument('[flow]', 'one flow, with the record of its last run')
    .action((flow?: string) => answering(usage, (context) => status(context, flow ?? null)));
  command(landfall, 'watch', "follow the flow's present run until it ends", 'watch argo')
    .argument('<flow>', 'name of the flow')
    .action((flow: string) => answering(usage, (context) => watch(context, flow)));
  steeringCommands(usage);
}

function steeringCommands(usage: Usage): void {
  const { landfall } = usage;
  for (const [name, description] of [
    ['pause', 'start nothing new until resume'],
    ['resume', 'go on after a pause'],
    ['stop', 'finish what has begun, then end; the next run goes on from there'],
  ] as const) {
    command(landfall, name, description, `${name} argo`)
      .argument('<flow>', 'name of the flow')
      .action((flow: string) => answering(usage, (context) => signalFlow(context, name, flow)));
  }
  command(landfall, 'retry', 'have the present run look again now, and try again what is in quarantine', 'retry argo --force')
    .argument('<flow>', 'name of the flow')
    .option('--force', 'accept what the run asks about')
    .action((flow: string, options: { force?: boolean }) =>
      answering(usage, (context) => signalFlow(context, 'retry', flow, options.force)),
    );
  command(landfall, 'width', 'how many batches the present run works on at once', 'width argo 8')
    .argument('<flow>', 'name of the flow')
    .argument('<batches>', 'from 1 to 64', whole(1, 64))
    .action((flow: string, batches: number) => answering(usage, (context) => setWidth(context, flow, batches)));
}
