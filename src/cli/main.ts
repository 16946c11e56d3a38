/** The command `landfall`. One command per file; this one only knows their names, options and examples. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { jsonSchema } from '../config/flow-schema.ts';
import { kinds } from '../kinds.ts';
import { applyFlows } from './apply.ts';
import { argoTranslate } from './argo-translate.ts';
import { type Context, settingsOf, withContext } from './context.ts';
import { setWidth, signalFlow } from './controls.ts';
import { demo } from './demo.ts';
import { dev } from './dev.ts';
import { doctor } from './doctor.ts';
import { EXIT, exitCodeOf, sentenceOf } from './exit.ts';
import { init } from './init.ts';
import { type Answer, type GlobalOptions, remark, say, show } from './output.ts';
import { dropQuarantine, listQuarantine, retryQuarantine, showQuarantine } from './quarantine.ts';
import { runJob } from './run.ts';
import { status } from './status.ts';
import { watch } from './watch.ts';
import { worker } from './worker.ts';

const EXIT_CODES = `
Exit status: 0 done, 1 failed, 2 wrong usage, settings or flow files, 3 servers not reachable, 4 the flow is being worked on by another run,
130 ended by a signal before it was done.`;

function program(): Command {
  const landfall = new Command('landfall')
    .description('Brings scientific data home and keeps it right.')
    .option('--home <folder>', 'folder of everything Landfall writes by itself (LANDFALL_HOME, default .landfall)')
    .option('--flows <folder>', 'folder of the flow files (LANDFALL_FLOWS, default <home>/flows if it is there, else flows)')
    .option('--json', 'print one JSON value for machines')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(add --help for how it is used)')
    .exitOverride();
  const globals = (): GlobalOptions => landfall.opts<GlobalOptions>();

  /** A command that answers with a value and a text. */
  const answering = (work: (context: Context) => Promise<Answer>): Promise<void> =>
    withContext(globals(), async (context) => {
      const answer = await work(context);
      show(answer, globals().json === true);
      process.exitCode = answer.exit ?? EXIT.done;
    });
  const command = (name: string, description: string, example: string): Command =>
    landfall.command(name).description(description).addHelpText('after', `\nExample:\n  $ landfall ${example}`);

  command('demo', 'a data centre in miniature, mirrored and loaded twice; what npm start runs', 'demo --stay')
    .option('--floats <n>', 'floats of the miniature', whole, 30)
    .option('--cycles <n>', 'cycles of each', whole, 40)
    .option('--seed <n>', 'another seed, another world', whole, 1)
    .option('--stay', 'keep everything running afterwards', false)
    .action(async (options: { floats: number; cycles: number; seed: number; stay: boolean }) => {
      process.exitCode = await demo(globals(), options);
    });
  command('dev', 'start the embedded servers and a worker for all queues; stays until Ctrl-C', 'dev').action(() => dev(globals()));
  command('worker', 'serve task queues until told to stop', 'worker --queues load,transfer')
    .option('--queues <names>', 'which of control, request, transfer, convert, load, verify, notify; all when left out')
    .option('--suffix <host>', 'serve the queues of flows with this queueSuffix')
    .action(async (options: { queues?: string; suffix?: string }) => {
      process.exitCode = await worker(globals(), options.queues, options.suffix);
    });

  command('init', 'write a commented flow file for the public upstream of a kind', 'init argo')
    .argument('<kind>', kinds.map(({ kind }) => kind).join(', '))
    .action(async (kind: string) => show(await init(settingsOf(globals()).flows, kind), globals().json === true));
  command('schema', 'print the JSON Schema of flow files, for editors', 'schema > flow.schema.json').action(() =>
    say(JSON.stringify(jsonSchema(kinds), null, 2)),
  );
  command('diff', 'show what apply would change', 'diff').action(() => answering((context) => applyFlows(context, true)));
  command(
    'apply',
    'make schedules, collections, indexes and validators as the flow files want them; drops no collection',
    'apply --dry-run',
  )
    .option('--dry-run', 'only show it, like diff')
    .action((options: { dryRun?: boolean }) => answering((context) => applyFlows(context, options.dryRun === true)));

  command('run', 'start a job of a flow', 'run mirror argo --wait')
    .argument('<job>', 'such as mirror or reload')
    .argument('<flow>', 'name of the flow')
    .option('--force', 'accept what the job would otherwise ask about')
    .option('--dry-run', 'show what it would do, change nothing')
    .option('--wait', 'show its progress and wait for its result')
    .action((job: string, flow: string, options: { force?: boolean; dryRun?: boolean; wait?: boolean }) =>
      answering((context) => runJob(context, job, flow, options)),
    );
  command('status', 'every flow: what is home, what is in quarantine, the last run, the next', 'status')
    .argument('[flow]')
    .action((flow?: string) => answering((context) => status(context, flow ?? null)));
  command('watch', "follow the flow's present run until it ends", 'watch argo')
    .argument('<flow>')
    .action((flow: string) => answering((context) => watch(context, flow)));

  for (const [name, description] of [
    ['pause', 'start nothing new until resume'],
    ['resume', 'go on after a pause'],
    ['stop', 'finish what is in flight, then end; the next run goes on from there'],
  ] as const) {
    command(name, description, `${name} argo`)
      .argument('<flow>')
      .action((flow: string) => answering((context) => signalFlow(context, name, flow)));
  }
  command('retry', 'look again now, and try again what is in quarantine', 'retry argo --force')
    .argument('<flow>')
    .option('--force', 'accept what the run asks about')
    .action((flow: string, options: { force?: boolean }) => answering((context) => signalFlow(context, 'retry', flow, options.force)));
  command('width', 'how many batches the running job works on at once', 'width argo 8')
    .argument('<flow>')
    .argument('<batches>', 'from 1 to 64', whole)
    .action((flow: string, batches: number) => answering((context) => setWidth(context, flow, batches)));

  quarantineCommands(landfall, answering);
  argoCommands(landfall);
  command('doctor', 'look at servers, programs, folders, space and clock; a line each with the remedy', 'doctor').action(() =>
    answering(doctor),
  );
  return landfall;
}

function quarantineCommands(landfall: Command, answering: (work: (context: Context) => Promise<Answer>) => Promise<void>): void {
  const quarantine = landfall
    .command('quarantine')
    .description('what could not be loaded, and why')
    .addHelpText('after', '\nExample:\n  $ landfall quarantine list argo');
  quarantine
    .command('list')
    .description('open entries, with their reasons')
    .argument('[flow]')
    .option('--all', 'closed ones too')
    .addHelpText('after', '\nExample:\n  $ landfall quarantine list argo --all')
    .action((flow: string | undefined, options: { all?: boolean }) =>
      answering((context) => listQuarantine(context, flow ?? null, options)),
    );
  quarantine
    .command('show')
    .description('one entry, whole')
    .argument('<flow>')
    .argument('<item>', 'such as aoml/13857_001')
    .addHelpText('after', '\nExample:\n  $ landfall quarantine show argo aoml/13857_001')
    .action((flow: string, item: string) => answering((context) => showQuarantine(context, flow, item)));
  quarantine
    .command('retry')
    .description('try entries again; all of the flow when none is named')
    .argument('<flow>')
    .argument('[items...]')
    .option('--wait', 'wait for the result')
    .addHelpText('after', '\nExample:\n  $ landfall quarantine retry argo aoml/13857_001 --wait')
    .action((flow: string, items: string[], options: { wait?: boolean }) =>
      answering((context) => retryQuarantine(context, flow, items, options.wait === true)),
    );
  quarantine
    .command('drop')
    .description('give entries up; they stay on record')
    .argument('<flow>')
    .argument('<items...>')
    .option('--dry-run', 'only say what would be dropped')
    .addHelpText('after', '\nExample:\n  $ landfall quarantine drop argo aoml/13857_001 --dry-run')
    .action((flow: string, items: string[], options: { dryRun?: boolean }) =>
      answering((context) => dropQuarantine(context, flow, items, options.dryRun === true)),
    );
}

function argoCommands(landfall: Command): void {
  const argo = landfall
    .command('argo')
    .description('tools for Argo profile files; they need no server')
    .addHelpText('after', '\nExample:\n  $ landfall argo translate --root mirror');
  argo
    .command('translate')
    .description('what profile files, or a whole tree, become: one JSON line a profile, in load order')
    .argument('[files...]', 'relative to the root, or absolute; none: the whole tree')
    .option('--root <folder>', 'the level that holds the folders of the centres', '.')
    .addHelpText('after', '\nExample:\n  $ landfall argo translate --root mirror aoml/13857/profiles/R13857_001.nc')
    .action((files: string[], options: { root: string }) => argoTranslate(options.root, files));
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else {
    remark(sentenceOf(error));
    process.exitCode = exitCodeOf(error);
    // What was under way is not waited for; its processes end with this one.
    if (process.exitCode === EXIT.interrupted) process.exit();
  }
}
