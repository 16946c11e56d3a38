import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSettings } from '../../config/settings.ts';
import { type Embedded, startEmbedded } from '../../embedded/embedded.ts';
import { applyFlows } from '../apply.ts';
import { Context, settingsOf } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { Lifetime } from '../lifetime.ts';
import { type GlobalOptions, remark, say } from '../output.ts';
import { type Started, uiLink } from '../run.ts';
import { startWorker } from '../worker-process.ts';
import { argoTour } from './argo.ts';
import { demoEnvironment } from './environment.ts';
import { ooiTour } from './ooi.ts';
import { lockOf, type Stage, short, type Told } from './stage.ts';

export interface DemoOptions {
  readonly floats: number;
  readonly cycles: number;
  readonly seed: number;
  /** Of the observatory's series. */
  readonly days: number;
  /** Keep everything running afterwards. */
  readonly stay: boolean;
}

/** What `npm start` runs: facilities in miniature, what a few days at them bring home, and the proof that all of it is right. */
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

async function play(home: string, options: DemoOptions & { readonly isJson: boolean }, lifetime: Lifetime): Promise<ExitCode> {
  const env = demoEnvironment(process.env, home);
  const settings = loadSettings(env);
  const tell = options.isJson ? remark : say;
  tell(
    `Landfall's demo: an Argo data centre and an ocean observatory in miniature, brought home by durable workflows. All it writes is in ${short(home)}.`,
  );
  const embedded = await lifetime.start(startEmbedded({ home, report: remark }), (servers) => servers.stop());
  await mkdir(settings.flows, { recursive: true });
  const context = new Context(settings, embedded.endpoints);
  await lifetime.start(Promise.resolve(context), () => context.close());
  const stage: Stage = { home, context, embedded, lifetime, tell };
  const tours = [await argoTour(stage, options), await ooiTour(stage, options)];
  tell([introduction(embedded), ...tours.map((tour) => tour.introduction)].join('\n'));
  await lifetime.unlessStopped(applyFlows(context, false));
  tell('  worker     starting; the first time its workflows are bundled, which takes some seconds');
  const starting = startWorker({ home, env, args: [], logFile: join(home, 'logs', 'worker.log'), report: remark });
  const { status } = await lifetime.start(starting, ({ worker }) => worker.stop());

  const told: Told[] = [];
  for (const tour of tours) told.push(await tour.play());
  const isRight = told.every((tour) => tour.isRight);
  if (options.isJson) say(JSON.stringify({ home, ...Object.assign({}, ...told.map(({ value }) => value)), right: isRight }));
  tell(options.stay ? lookAround(home, embedded, status, context, told) : AFTERWARDS);
  if (options.stay) {
    await lifetime.stopped;
    remark(`Ending. What it made stays in ${short(home)} until the next demo begins.`);
  }
  return isRight ? EXIT.done : EXIT.failed;
}

/** What the servers and the tours keep below the home. */
const MADE = [
  ...['gdac', 'mirror', 'mirror.journal', 'ooi', 'stores', 'spool', 'scratch'],
  ...['flows', 'logs', 'postgres', 'mongodb', 'temporal', 'ferretdb'],
];

/** A demo tells the same story every time: what an earlier one left is removed, unless somebody still works in it. */
async function ownHome(home: string, lifetime: Lifetime): Promise<void> {
  const demoLock = lockOf(home, 'demo');
  await lifetime.start(Promise.resolve(demoLock), async (lock) => lock.release());
  const serversLock = lockOf(home, 'embedded');
  for (const part of MADE) await rm(join(home, part), { recursive: true, force: true });
  serversLock.release();
}

function introduction({ endpoints }: Embedded): string {
  return [
    `  Temporal   ${endpoints.temporalAddress}${endpoints.temporalUi === null ? '' : `, Web UI ${endpoints.temporalUi}`}`,
    `  database   ${endpoints.mongodbUri}`,
  ].join('\n');
}

const AFTERWARDS = `To look around in it: npm start -- --stay
For the public archive: npx landfall init argo (or ooi), then npx landfall dev, and npx landfall apply in another terminal.`;

function lookAround(home: string, { endpoints }: Embedded, status: string, context: Context, told: readonly Told[]): string {
  const { temporalUi } = endpoints;
  const links = told.flatMap(({ last }): readonly Started[] => (last === undefined ? [] : [last]));
  const at = `npx landfall --home ${short(home)}`;
  return [
    'Look around:',
    ...(temporalUi === null ? [] : links.map((last) => `  ${uiLink(temporalUi, context.settings.temporal.namespace, last)}`)),
    ...['status', 'quarantine list', ...told.flatMap(({ tryNext }) => tryNext)].map((words) => `  ${at} ${words}`),
    `  ${status}/metrics`,
    'Everything keeps running. Ctrl-C ends it.',
  ].join('\n');
}
