import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MirrorResult } from '../../../workflows/argo/mirror.ts';
import type { NightRecord } from '../../argo/night.ts';
import { Failure } from '../../errors.ts';
import { resultOf, type Started, startJob } from '../run.ts';
import { demoFlow } from './argo-flow.ts';
import { isRight, nightsTable, playedLines, verdict } from './argo-report.ts';
import { checkStandIn, type StandIn, startStandIn } from './gdac.ts';
import type { Stage, Told, Tour } from './stage.ts';

const FLOW = 'argo';
const DATABASE = 'argo';

/** A data centre in miniature: two nights, and the proof that every document is right. */
export async function argoTour(
  stage: Stage,
  size: { readonly floats: number; readonly cycles: number; readonly seed: number },
): Promise<Tour> {
  const { home, context, lifetime } = stage;
  const standIn = await lifetime.start(startStandIn(join(home, 'gdac'), size), (centre) => centre.stop());
  await writeFile(join(context.settings.flows, `${FLOW}.yaml`), demoFlow(FLOW, standIn.url, join(home, 'mirror')));
  return { introduction: `  stand-in   ${standIn.url} (a real rsync daemon)`, play: () => twoNights(stage, standIn) };
}

async function twoNights(stage: Stage, standIn: StandIn): Promise<Told> {
  const { home, context, embedded, lifetime, tell } = stage;
  tell('\nThe first night brings everything:');
  const first = await night(stage);
  const played = await lifetime.unlessStopped(standIn.playNight(1));
  tell(`\nA day passes at the centres:\n${playedLines(played)}\nThe second night:`);
  const second = await night(stage);
  const checked = await lifetime.unlessStopped(checkStandIn(join(home, 'gdac'), embedded.endpoints.mongodbUri, DATABASE));
  const products = (await context.database()).products(DATABASE);
  const [argo = 0, argoMeta = 0] = await Promise.all(['argo', 'argoMeta'].map((name) => products.collection(name).countDocuments({})));
  const documents = { argo, argoMeta };
  const nights = [first.record, second.record];
  tell(`\n${nightsTable(nights, documents)}\n\n${verdict(checked)}\n`);
  return {
    isRight: isRight(checked),
    value: { nights, played, documents, checked },
    last: second.started,
    tryNext: [`run mirror ${FLOW} --dry-run`],
  };
}

interface Night {
  readonly started: Started;
  readonly record: NightRecord;
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
