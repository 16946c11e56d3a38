import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { argoTemplate } from '../argo/template.ts';
import { type Embedded, readEndpoints, startEmbedded } from '../embedded/embedded.ts';
import { Failure } from '../errors.ts';
import { formatBytes, formatCount, formatDuration, formatItems, formatRate, formatTable } from '../observe/format.ts';
import { applyFlows } from './apply.ts';
import { Context, environment, settingsOf } from './context.ts';
import { type NightShown, nightOf } from './demo-night.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type GlobalOptions, remark, say } from './output.ts';
import { resultOf, startJob, uiLink } from './run.ts';
import { type Checked, checkStandIn, type StandIn, startStandIn } from './stand-in.ts';
import { untilStopped } from './until-stopped.ts';
import { startWorker } from './worker-process.ts';

export interface DemoOptions {
  readonly floats: number;
  readonly cycles: number;
  readonly seed: number;
  /** Keep everything running afterwards. */
  readonly stay: boolean;
}

const FLOW = 'argo';
const DATABASE = 'argo';

/** What `npm start` runs: a data centre in miniature, two nights, and the proof that every document is right. */
export async function demo(options: GlobalOptions, demoOptions: DemoOptions): Promise<ExitCode> {
  const home = join(settingsOf(options).home, 'demo');
  const own = { ...options, home, flows: join(home, 'flows') };
  const stopped = untilStopped();
  let isStopped = false;
  void stopped.then(() => (isStopped = true));
  await startAfresh(home);

  say(`Landfall's demo: an Argo data centre in miniature, mirrored and loaded by durable workflows. All it writes is in ${short(home)}.`);
  const embedded = await startEmbedded({ home, report: remark });
  const ending: (() => Promise<void>)[] = [() => embedded.stop()];
  try {
    const standIn = await startStandIn(join(home, 'gdac'), demoOptions);
    ending.unshift(() => standIn.stop());
    await mkdir(own.flows, { recursive: true });
    await writeFile(join(own.flows, `${FLOW}.yaml`), argoTemplate({ name: FLOW, rsync: standIn.url, mirror: join(home, 'mirror') }));
    const context = new Context(settingsOf(own), embedded.endpoints);
    ending.unshift(() => context.close());
    say(introduction(embedded, standIn));
    await applyFlows(context, false);
    const env = environment(own);
    const { worker, status } = await startWorker({ home, env, args: [], logFile: join(home, 'logs', 'worker.log'), report: remark });
    ending.unshift(() => worker.stop());

    const work = twoNights(context, standIn, join(home, 'gdac'), embedded);
    const ended = await Promise.race([work, stopped]);
    if (typeof ended === 'string') throw interrupted(ended);
    say(`\n${nightsTable(ended.nights)}\n\n${verdict(ended.checked)}\n\n${whatNext(own.home, embedded, status, context, ended.nights)}`);
    if (demoOptions.stay && !isStopped) {
      say('\nEverything keeps running. Ctrl-C ends it.');
      await stopped;
    }
    return isRight(ended.checked) ? EXIT.done : EXIT.failed;
  } finally {
    for (const end of ending) await end();
  }
}

interface DemoEnd {
  readonly nights: readonly NightShown[];
  readonly checked: Checked;
}

async function twoNights(context: Context, standIn: StandIn, folder: string, { endpoints }: Embedded): Promise<DemoEnd> {
  say('\nThe first night brings everything:');
  const first = nightOf(await night(context));
  const played = await standIn.playNight(1);
  say(
    `\nA day passes at the centres (${Object.entries(played)
      .filter(([, n]) => typeof n === 'number' && n > 0)
      .map(([what, n]) => `${what} ${n}`)
      .join(', ')}). The second night:`,
  );
  const second = nightOf(await night(context));
  const checked = await checkStandIn(folder, endpoints.mongodbUri, DATABASE);
  return { nights: [first, second], checked };
}

async function night(context: Context): Promise<{ readonly result: unknown; readonly workflowId: string; readonly run: string }> {
  const started = await startJob(context, 'mirror', FLOW, {});
  const result = await resultOf(context, started);
  return { result, workflowId: started.workflowId, run: started.run };
}

/** A demo tells the same story every time: what an earlier one left is removed, unless it still runs. */
async function startAfresh(home: string): Promise<void> {
  if ((await readEndpoints(home)) !== null) {
    throw new Failure({
      kind: 'stop',
      code: 'home_in_use',
      happened: `Another demo runs in ${short(home)}`,
      remedy: 'End it with Ctrl-C, or give this one another place with --home',
    });
  }
  for (const part of ['gdac', 'mirror', 'mirror.journal', 'flows', 'postgres', 'mongodb', 'temporal', 'ferretdb']) {
    await rm(join(home, part), { recursive: true, force: true });
  }
}

function introduction({ endpoints }: Embedded, standIn: StandIn): string {
  return [
    `  Temporal   ${endpoints.temporalAddress}${endpoints.temporalUi === null ? '' : `, Web UI ${endpoints.temporalUi}`}`,
    `  database   ${endpoints.mongodbUri}`,
    `  stand-in   ${standIn.url} (a real rsync daemon)`,
  ].join('\n');
}

function nightsTable(nights: readonly NightShown[]): string {
  const columns = ['', 'profiles', 'loaded', 'unchanged', 'rejected', 'removed', 'read', 'time', 'rate'].map((title, at) => ({
    title,
    align: at === 0 ? ('left' as const) : ('right' as const),
  }));
  const rows = nights.map(({ record }, at) => [
    `night ${at + 1}`,
    formatCount(record.seen),
    formatCount(record.loaded),
    formatCount(record.unchanged),
    formatCount(record.rejected),
    formatCount(record.removed),
    formatBytes(record.bytesRead),
    formatDuration(record.seconds * 1000),
    `${formatRate(record.seen / record.seconds)}`,
  ]);
  const reasons = Object.entries(nights.at(-1)?.record.quarantine ?? {}).map(([code, n]) => `${code} ${n}`);
  return `${formatTable(columns, rows)}\nIn quarantine: ${reasons.length === 0 ? 'nothing' : reasons.join(', ')}.`;
}

const isRight = ({ missing, differing, extra }: Checked): boolean => missing === 0 && differing === 0 && extra === 0;

function verdict(checked: Checked): string {
  if (isRight(checked))
    return `Proved: all ${formatItems(checked.checked, 'profile')} are what the generator says they must be, and there is nothing else.`;
  const { missing, differing, extra, different } = checked;
  return `NOT RIGHT: ${missing} missing, ${differing} different, ${extra} too many.\n${different.join('\n')}`;
}

function whatNext(home: string, { endpoints }: Embedded, status: string, context: Context, nights: readonly NightShown[]): string {
  const last = nights.at(-1);
  const link =
    endpoints.temporalUi === null || last === undefined
      ? ''
      : `\n  ${uiLink(endpoints.temporalUi, context.settings.temporal.namespace, last.workflowId, last.run)}`;
  const at = `npx landfall --home ${short(home)}`;
  return [
    `Look around (npm start -- --stay keeps everything running):${link}`,
    `  ${at} status`,
    `  ${at} quarantine list`,
    `  ${at} run mirror ${FLOW} --dry-run`,
    `  ${status}/metrics`,
    'For the public archive: npx landfall init argo, then npx landfall dev, and npx landfall apply in another terminal.',
  ].join('\n');
}

const interrupted = (signal: string): Failure =>
  new Failure({ kind: 'stop', code: 'interrupted', happened: `The demo was ended by ${signal}`, remedy: 'Start it again with: npm start' });

const short = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
};
