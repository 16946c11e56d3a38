import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { MirrorResult } from '../../workflows/argo/mirror.ts';
import type { NightRecord } from '../argo/night.ts';
import { loadSettings } from '../config/settings.ts';
import { type Embedded, startEmbedded } from '../embedded/embedded.ts';
import { type Lock, tryLock } from '../embedded/lock.ts';
import { Failure } from '../errors.ts';
import { applyFlows } from './apply.ts';
import { Context, settingsOf } from './context.ts';
import { demoEnvironment } from './demo-environment.ts';
import { demoFlow } from './demo-flow.ts';
import { type Documents, isRight, nightsTable, playedLines, verdict } from './demo-report.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { Lifetime } from './lifetime.ts';
import { type GlobalOptions, remark, say } from './output.ts';
import { resultOf, type Started, startJob, uiLink } from './run.ts';
import { type Checked, checkStandIn, type PlayedNight, type StandIn, startStandIn } from './stand-in.ts';
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
  const lifetime = new Lifetime('The demo', 'Start it again with: npm start');
  try {
    const home = join(settingsOf(options).home, 'demo');
    await ownHome(home, lifetime);
    return await play(home, { ...demoOptions, isJson: options.json === true }, lifetime);
  } finally {
    await lifetime.end();
  }
}

interface Stage {
  readonly home: string;
  readonly context: Context;
  readonly embedded: Embedded;
  readonly standIn: StandIn;
  readonly lifetime: Lifetime;
  /** With --json standard output is kept for the one value. */
  readonly tell: (line: string) => void;
}

async function play(home: string, options: DemoOptions & { readonly isJson: boolean }, lifetime: Lifetime): Promise<ExitCode> {
  const env = demoEnvironment(process.env, home);
  const settings = loadSettings(env);
  const tell = options.isJson ? remark : say;
  tell(`Landfall's demo: an Argo data centre in miniature, mirrored and loaded by durable workflows. All it writes is in ${short(home)}.`);
  const embedded = await lifetime.start(startEmbedded({ home, report: remark }), (servers) => servers.stop());
  const standIn = await lifetime.start(startStandIn(join(home, 'gdac'), options), (centre) => centre.stop());
  await mkdir(settings.flows, { recursive: true });
  await writeFile(join(settings.flows, `${FLOW}.yaml`), demoFlow(FLOW, standIn.url, join(home, 'mirror')));
  const context = new Context(settings, embedded.endpoints);
  await lifetime.start(Promise.resolve(context), () => context.close());
  tell(introduction(embedded, standIn));
  await lifetime.unlessStopped(applyFlows(context, false));
  tell('  worker     starting; the first time its workflows are bundled, which takes some seconds');
  const starting = startWorker({ home, env, args: [], logFile: join(home, 'logs', 'worker.log'), report: remark });
  const { status } = await lifetime.start(starting, ({ worker }) => worker.stop());

  const { nights, played, checked, documents } = await twoNights({ home, context, embedded, standIn, lifetime, tell });
  tell(
    `\n${nightsTable(
      nights.map(({ record }) => record),
      documents,
    )}\n\n${verdict(checked)}\n`,
  );
  if (options.isJson)
    say(JSON.stringify({ home, nights: nights.map(({ record }) => record), played, documents, checked, right: isRight(checked) }));
  tell(options.stay ? lookAround(home, embedded, status, context, nights.at(-1)?.started) : AFTERWARDS);
  if (options.stay) {
    await lifetime.stopped;
    remark(`Ending. What it made stays in ${short(home)} until the next demo begins.`);
  }
  return isRight(checked) ? EXIT.done : EXIT.failed;
}

interface Night {
  readonly started: Started;
  readonly record: NightRecord;
}

interface Story {
  readonly nights: readonly Night[];
  readonly played: PlayedNight;
  readonly documents: Documents;
  readonly checked: Checked;
}

async function twoNights(stage: Stage): Promise<Story> {
  const { home, context, embedded, standIn, lifetime, tell } = stage;
  tell('\nThe first night brings everything:');
  const first = await night(stage);
  const played = await lifetime.unlessStopped(standIn.playNight(1));
  tell(`\nA day passes at the centres:\n${playedLines(played)}\nThe second night:`);
  const second = await night(stage);
  const checked = await lifetime.unlessStopped(checkStandIn(join(home, 'gdac'), embedded.endpoints.mongodbUri, DATABASE));
  const products = (await context.database()).products(DATABASE);
  const [argo, argoMeta] = await Promise.all(['argo', 'argoMeta'].map((name) => products.collection(name).countDocuments({})));
  return { nights: [first, second], played, documents: { argo: argo ?? 0, argoMeta: argoMeta ?? 0 }, checked };
}

async function night({ context, lifetime }: Stage): Promise<Night> {
  const started = await lifetime.unlessStopped(startJob(context, 'mirror', FLOW, {}));
  const { record, message } = await lifetime.unlessStopped(resultOf<MirrorResult>(context, started));
  if (record !== null) return { started, record };
  throw new Failure({
    kind: 'stop',
    code: 'stopped',
    happened: `The night ended without a record: ${message}`,
    remedy: 'Start again with: npm start',
  });
}

/** A demo tells the same story every time: what an earlier one left is removed, unless somebody still works in it. */
async function ownHome(home: string, lifetime: Lifetime): Promise<void> {
  const demoLock = lockOf(home, 'demo');
  await lifetime.start(Promise.resolve(demoLock), async (lock) => lock.release());
  const serversLock = lockOf(home, 'embedded');
  for (const part of ['gdac', 'mirror', 'mirror.journal', 'flows', 'logs', 'postgres', 'mongodb', 'temporal', 'ferretdb']) {
    await rm(join(home, part), { recursive: true, force: true });
  }
  serversLock.release();
}

function lockOf(home: string, name: string): Lock {
  const attempt = tryLock(join(home, 'locks', name));
  if (attempt.state === 'held') return attempt.lock;
  throw new Failure({
    kind: 'stop',
    code: 'home_in_use',
    happened: `Process ${attempt.holder.pid} already works in ${short(home)}`,
    remedy: 'End it with Ctrl-C, or give this demo another place with --home',
  });
}

function introduction({ endpoints }: Embedded, standIn: StandIn): string {
  return [
    `  Temporal   ${endpoints.temporalAddress}${endpoints.temporalUi === null ? '' : `, Web UI ${endpoints.temporalUi}`}`,
    `  database   ${endpoints.mongodbUri}`,
    `  stand-in   ${standIn.url} (a real rsync daemon)`,
  ].join('\n');
}

const AFTERWARDS = `To look around in it: npm start -- --stay
For the public archive: npx landfall init argo, then npx landfall dev, and npx landfall apply in another terminal.`;

function lookAround(home: string, { endpoints }: Embedded, status: string, context: Context, last: Started | undefined): string {
  const { temporalUi } = endpoints;
  const link = temporalUi === null || last === undefined ? [] : [`  ${uiLink(temporalUi, context.settings.temporal.namespace, last)}`];
  const at = `npx landfall --home ${short(home)}`;
  return [
    'Look around:',
    ...link,
    `  ${at} status`,
    `  ${at} quarantine list`,
    `  ${at} run mirror ${FLOW} --dry-run`,
    `  ${status}/metrics`,
    'Everything keeps running. Ctrl-C ends it.',
  ].join('\n');
}

const short = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
};
