import { kinds } from '../../kinds.ts';
import type { Context } from '../context.ts';
import { pauseFlow, resumeFlow, type Steering, setWidth, signalFlow } from '../controls.ts';
import { runJob } from '../run.ts';
import { status } from '../status.ts';
import { watch } from '../watch.ts';
import { why } from '../why.ts';
import { jobOptions, jobsText } from './job-options.ts';
import { answering, command, type Usage, whole } from './usage.ts';

const OF_JOB = ['--job <job>', 'a job that goes on beside the others, such as verify'] as const;

/** Commands that start runs, look at them and steer them. */
export function runCommands(usage: Usage): void {
  const { landfall } = usage;
  const run = command(
    landfall,
    'run',
    'start a job of a flow',
    'run mirror argo --wait',
    'run harvest ce02shbp-ctd --force --request replace --wait',
    'run refresh ce02shbp-ctd --accept degraded shorter --wait',
  )
    .addHelpText('after', jobsText(kinds))
    .argument('<job>', 'such as mirror; the jobs of each kind are below')
    .argument('<flow>', 'name of the flow')
    .option('--wait', 'show its progress and wait for its result')
    .action((job: string, flow: string, { wait = false, ...input }: Readonly<Record<string, unknown>>) =>
      answering(usage, (context) => runJob(context, job, flow, { wait: wait === true, input })),
    );
  for (const option of jobOptions(kinds)) run.addOption(option);
  command(landfall, 'status', 'every flow: what is home, what is in quarantine, the last run, the next start', 'status argo')
    .argument('[flow]', 'one flow, with the record of its last run')
    .action((flow?: string) => answering(usage, (context) => status(context, flow ?? null)));
  command(landfall, 'watch', "follow the flow's present run until it ends", 'watch argo')
    .argument('<flow>', 'name of the flow')
    .option(...OF_JOB)
    .action((flow: string, options: Steering) => answering(usage, (context) => watch(context, flow, options)));
  const known = 'everything known of one item: its files, receipt, document, quarantine, last check and last run';
  command(landfall, 'why', known, 'why argo 13857_001')
    .argument('<flow>', 'name of the flow')
    .argument('<item>', 'what the flow brings home: for Argo a profile, a float, or the path of a file in the mirror')
    .action((flow: string, item: string) => answering(usage, (context) => why(context, flow, item)));
  steeringCommands(usage);
}

function steeringCommands(usage: Usage): void {
  const { landfall } = usage;
  for (const [name, description, act] of [
    ['pause', 'start nothing new until resume: holds the present run, or, when none is under way, the schedules', pauseFlow],
    ['resume', 'go on after a pause', resumeFlow],
    [
      'stop',
      'finish what has begun, then end; the next run goes on from there',
      (context: Context, flow: string, options: Steering) => signalFlow(context, 'stop', flow, options),
    ],
  ] as const) {
    command(landfall, name, description, `${name} argo`)
      .argument('<flow>', 'name of the flow')
      .option(...OF_JOB)
      .action((flow: string, options: Steering) => answering(usage, (context) => act(context, flow, options)));
  }
  command(
    landfall,
    'retry',
    'have the present run look again now, and try again what is in quarantine, where its kind has one',
    'retry argo --force',
  )
    .argument('<flow>', 'name of the flow')
    .option('--force', 'accept what the run asks about')
    .option(...OF_JOB)
    .action((flow: string, options: Steering) => answering(usage, (context) => signalFlow(context, 'retry', flow, options)));
  command(landfall, 'width', 'how many batches, or streams of a set, the present run works on at once', 'width argo 8')
    .argument('<flow>', 'name of the flow')
    .argument('<many>', 'from 1 to 64', whole(1, 64))
    .option(...OF_JOB)
    .action((flow: string, batches: number, options: Steering) => answering(usage, (context) => setWidth(context, flow, batches, options)));
}
