import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { argoTemplate } from '../argo/template.ts';
import { loadSettings, type Settings } from '../config/settings.ts';
import type { Embedded } from '../embedded/embedded.ts';
import { tryLock } from '../embedded/lock.ts';
import { Failure } from '../errors.ts';
import { applyFlows } from './apply.ts';
import { Context, settingsOf } from './context.ts';
import { demoEnvironment } from './demo-environment.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type Night, nightIn, nightsTable } from './night-table.ts';
import { type GlobalOptions, remark, say } from './output.ts';
import { resultOf, startJob, uiLink } from './run.ts';
import { type Checked, checkStandIn, isRight, playedSentence, type StandIn, startStandIn, verdict } from './stand-in.ts';
import { startServers } from './start-servers.ts';
import { type Interruption, interruption, untilStopped } from './until-stopped.ts';
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
/** Small, so that the bar of a small load moves. */
const BATCH = 50;

/** What `npm start` runs: a data centre in miniature, two nights, and the proof that every document is right. */
export async function demo(options: GlobalOptions, demoOptions: DemoOptions): Promise<ExitCode> {
  const home = join(settingsOf(options).home, 'demo');
  const env = demoEnvironment(process.env, home);
  const settings = loadSettings(env);
  // A machine reads one value; what a person would read goes by on standard error.
  const tell = options.json === true ? remark : say;
  const stopped = untilStopped();
  const interrupted = interruption(stopped, 'The demo', 'Start it again with: npm start');
  await startAfresh(home);

  tell(`Landfall's demo: an Argo data centre in miniature, mirrored and loaded by durable workflows. All it writes is in ${short(home)}.`);
  const embedded = await startServers({ home, report: remark }, interrupted);
  const ending: (() => Promise<void>)[] = [() => embedded.stop()];
  try {
    const standIn = await interrupted.race(startStandIn(join(home, 'gdac'), demoOptions));
    ending.unshift(() => standIn.stop());
    await mkdir(settings.flows, { recursive: true });
    const flow = argoTemplate({ name: FLOW, rsync: standIn.url, mirror: join(home, 'mirror'), batch: BATCH });
    await writeFile(join(settings.flows, `${FLOW}.yaml`), flow);
    const context = new Context(settings, embedded.endpoints);
    ending.unshift(() => context.close());
    tell(introduction(embedded, standIn));
    await interrupted.race(applyFlows(context, false));
    tell('  worker     starting: the first time its workflows are bundled');
    const starting = startWorker({ home, env, args: [], logFile: join(home, 'logs', 'worker.log'), report: remark });
    ending.unshift(async () => (await starting.catch(() => null))?.worker.stop());
    const { status } = await interrupted.race(starting);

    const { nights, checked } = await twoNights({ context, standIn, interrupted, tell, folder: join(home, 'gdac') });
    tell(`\n${nightsTable(nights.map(({ night }, at) => ({ title: `night ${at + 1}`, night })))}\n\n${verdict(checked)}\n`);
    tell(whatNext({ home, embedded, status, settings, last: nights.at(-1), stays: demoOptions.stay }));
    if (options.json === true)
      say(JSON.stringify({ home, isRight: isRight(checked), checked, nights, worker: status, ...embedded.endpoints }));
    if (demoOptions.stay) {
      tell('\nEverything keeps running. Ctrl-C ends it.');
      await stopped;
    }
    return isRight(checked) ? EXIT.done : EXIT.failed;
  } finally {
    for (const end of ending) await end();
  }
}

interface NightShown {
  readonly night: Night;
  readonly workflowId: string;
  readonly run: string;
}

interface Stage {
  readonly context: Context;
  readonly standIn: StandIn;
  /** Where the stand-in keeps its tree. */
  readonly folder: string;
  readonly interrupted: Interruption;
  readonly tell: (line: string) => void;
}

async function twoNights(stage: Stage): Promise<{ readonly nights: readonly NightShown[]; readonly checked: Checked }> {
  const { context, standIn, folder, interrupted, tell } = stage;
  tell('\nThe first night brings everything:');
  const first = await playedOut(stage);
  tell(`\nA day passes at the centres: ${playedSentence(await interrupted.race(standIn.playNight(1)))}.\nThe second night:`);
  const second = await playedOut(stage);
  const { mongodbUri } = await context.addresses();
  const checked = await interrupted.race(checkStandIn(folder, mongodbUri, DATABASE));
  return { nights: [first, second], checked };
}

async function playedOut({ context, interrupted }: Stage): Promise<NightShown> {
  const started = await startJob(context, 'mirror', FLOW, {});
  const { workflowId, run } = started;
  const result = await resultOf(context, started, interrupted);
  const night = nightIn(result);
  if (night !== null) return { night, workflowId, run };
  throw new Failure({
    kind: 'stop',
    code: 'no_record',
    happened: `${workflowId} ended without the record of a night: ${JSON.stringify(result)}`,
    remedy: 'Start the demo again',
  });
}

/** A demo tells the same story every time: what an earlier one left is removed, unless it still runs. */
async function startAfresh(home: string): Promise<void> {
  const attempt = tryLock(join(home, 'locks', 'embedded'));
  if (attempt.state === 'busy') {
    throw new Failure({
      kind: 'stop',
      code: 'home_in_use',
      happened: `Another demo runs in ${short(home)} (process ${attempt.holder.pid})`,
      remedy: 'End it with Ctrl-C, or give this one another place with --home',
    });
  }
  for (const part of ['gdac', 'mirror', 'mirror.journal', 'flows', 'logs', 'postgres', 'mongodb', 'temporal', 'ferretdb']) {
    await rm(join(home, part), { recursive: true, force: true });
  }
  attempt.lock.release();
}

function introduction({ endpoints }: Embedded, standIn: StandIn): string {
  return [
    `  Temporal   ${endpoints.temporalAddress}${endpoints.temporalUi === null ? '' : `, Web UI ${endpoints.temporalUi}`}`,
    `  database   ${endpoints.mongodbUri}`,
    `  stand-in   ${standIn.url} (a real rsync daemon)`,
  ].join('\n');
}

interface Ending {
  readonly home: string;
  readonly embedded: Embedded;
  /** Where the worker answers. */
  readonly status: string;
  readonly settings: Settings;
  readonly last: NightShown | undefined;
  readonly stays: boolean;
}

function whatNext({ home, embedded, status, settings, last, stays }: Ending): string {
  const { temporalUi } = embedded.endpoints;
  const at = `npx landfall --home ${short(home)}`;
  const looks = [
    ...(temporalUi === null || last === undefined ? [] : [uiLink(temporalUi, settings.temporal.namespace, last.workflowId, last.run)]),
    `${status}/metrics`,
    `${at} status`,
    `${at} quarantine list`,
    `${at} run mirror ${FLOW} --dry-run`,
  ];
  return [
    stays ? 'Look around:' : 'Look around, after npm start -- --stay, which keeps everything running:',
    ...looks.map((look) => `  ${look}`),
    'For the public archive: npx landfall init argo, then npx landfall dev, and npx landfall apply in another terminal.',
  ].join('\n');
}

const short = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
};
