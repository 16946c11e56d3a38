import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Flow } from '../config/flow.ts';
import { instead } from '../config/problems.ts';
import type { StorePlace } from '../config/store-place.ts';
import { objectServer } from '../embedded/object-server.ts';
import { isFailure } from '../errors.ts';
import { formatDuration } from '../observe/format.ts';
import type { OoiFlow } from '../ooi/flow.ts';
import { isSetFlow } from '../ooi/form.ts';
import type { Facility } from '../ooi/m2m/client.ts';
import { inventoryPath, readTimes, type StreamTimes } from '../ooi/m2m/inventory.ts';
import { openFacility } from '../ooi/m2m/open.ts';
import { probeStore } from '../stores/objects/probe.ts';
import type { Patience } from '../stores/objects/retry.ts';
import { Turns } from '../stores/turns.ts';
import type { Context } from './context.ts';
import { bad, type Finding, found, ok, warn } from './doctor-machine.ts';
import { EXIT, exitCodeOf } from './exit.ts';

/** An operator waits for it; the runs themselves are more patient. */
const ANSWER_MS = 20_000;
const IMPATIENT: Patience = { attempts: 2, firstWaitMs: 200, longestWaitMs: 1_000, attemptMs: ANSWER_MS };

/** What flows of kind ooi need beside folders: the account at the facility, and buckets. A line for each that flows share. */
export async function ooiFindings(
  context: Context,
  flows: readonly Flow[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<readonly Finding[]> {
  const ours = flows.filter(isOoi);
  const accounts = Map.groupBy(ours, ({ upstream: { api, user, token } }) => JSON.stringify([api, user, token])).values();
  const places = new Map(ours.flatMap(({ store: { place } }) => (place.kind === 's3' ? [[`${place.bucket}/${place.prefix}`, place]] : [])));
  const findings: Finding[] = [];
  for (const sharing of accounts) findings.push(...(await facilityFindings(context, sharing, env)));
  for (const place of places.values()) findings.push(await bucketFinding(context, place));
  return findings;
}

const isOoi = (flow: Flow): flow is OoiFlow => flow.kind === 'ooi';

/** One question for all flows of an account: whether the credentials are there and good, the facility answers, and the clocks agree. */
async function facilityFindings(
  context: Context,
  flows: readonly OoiFlow[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const [flow] = flows;
  if (flow === undefined) return [];
  const what = `facility ${new URL(flow.upstream.api).host}`;
  try {
    const secrets = { env, readFile: (path: string) => readFileSync(path, 'utf8') };
    const upstream = { ...flow.upstream, timeoutMs: Math.min(flow.upstream.timeoutMs, ANSWER_MS) };
    const facility = openFacility({ name: flow.name, upstream }, secrets, turnOf(context, flow));
    return await askedFindings(facility, what, flows);
  } catch (error) {
    const finding = isFailure(error, 'facility_maintenance', 'facility_busy', 'facility_error') ? warn : bad;
    return [finding(what, ...found(error, 'Look at upstream.api in the flow file, and at the network'))];
  }
}

/** Of the first stream there is: a set alone names none, and then it is asked what sites there are. */
async function askedFindings(facility: Facility, what: string, flows: readonly OoiFlow[]): Promise<readonly Finding[]> {
  const stream = flows.find((flow) => !isSetFlow(flow));
  const about = stream === undefined || isSetFlow(stream) ? null : stream;
  const asked = about === null ? 'the list of sites' : `the times of ${about.instrument}`;
  const path = about === null ? '/api/m2m/12576/sensor/inv' : `${inventoryPath(about.instrument)}/metadata/times`;
  const begun = Date.now();
  const { status, saidAt, json } = await facility.ask(path, asked, never());
  const answered = Date.now();
  const text = `it answers within ${formatDuration(answered - begun)}, ${credentials(flows)}`;
  const answer =
    status === 404 && about !== null
      ? warn(what, `${text}, but has no ${about.instrument}`, `Correct the instrument of flow ${about.name}`)
      : ok(what, text);
  const unknown = about === null || status === 404 ? [] : unknownStreams(flows, about.instrument, readTimes(json, asked));
  const answers = [answer, ...unknown];
  return saidAt === null ? answers : [...answers, clockFinding(`clock of ${what}`, saidAt, begun, answered)];
}

/** Workers have an environment of their own, which nobody but they can see. */
const credentials = ([flow]: readonly OoiFlow[]): string =>
  flow !== undefined && ('env' in flow.upstream.user || 'env' in flow.upstream.token)
    ? 'the credentials are good in this shell; workers read them when they start'
    : 'the credentials are good';

/** Flows of an instrument whose stream the facility does not list. Pure. */
function unknownStreams(flows: readonly OoiFlow[], instrument: string, known: readonly StreamTimes[]): readonly Finding[] {
  const names = known.map(({ method, stream }) => inFlowFile(method, stream));
  return flows.flatMap((flow) => {
    if (isSetFlow(flow) || flow.instrument !== instrument) return [];
    const name = inFlowFile(flow.stream.method, flow.stream.name);
    if (names.includes(name)) return [];
    return [warn(`flow ${flow.name}`, `${instrument} has no stream ${name}`, instead(name, names, `streams of ${instrument}`))];
  });
}

const inFlowFile = (method: string, name: string): string => `{ method: ${method}, name: ${name} }`;

const never = (): AbortSignal => AbortSignal.timeout(2 * ANSWER_MS);

/** A lost request is looked for by the time of its folder, two minutes to either side. */
const CLOCK_TOLERANCE_MS = 60_000;

/** What the facility said between two moments of ours, to the second. Pure. */
export function clockFinding(what: string, saidAt: number, begun: number, answered: number): Finding {
  const apartMs = Math.max(0, begun - saidAt - 1_000, saidAt - answered);
  const apart = apartMs === 0 ? 'agrees with ours to the second' : `${formatDuration(apartMs)} apart from ours`;
  return apartMs <= CLOCK_TOLERANCE_MS ? ok(what, apart) : warn(what, apart, 'Set the clock of this machine by NTP');
}

/** The facility's rate is kept for the doctor too, where the database is there to keep it. */
const turnOf =
  (context: Context, flow: OoiFlow) =>
  async (signal: AbortSignal): Promise<void> => {
    try {
      await new Turns(await context.database()).take(new URL(flow.upstream.api).host, context.settings.requestsPerSecond, signal);
    } catch (error) {
      if (exitCodeOf(error) !== EXIT.unreachable) throw error;
    }
  };

/** Whether a bucket is there, and takes, keeps and gives up an object as publications need it. */
async function bucketFinding(context: Context, { bucket, prefix }: Extract<StorePlace, { readonly kind: 's3' }>): Promise<Finding> {
  const what = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
  try {
    const { isEmbedded, ...server } = await objectServer(context.settings);
    const { openS3 } = await import('../stores/objects/s3.ts'); // 0.3 s of loading that others do not need
    try {
      const store = await openS3({ ...server, bucket, prefix, patience: IMPATIENT });
      try {
        await probeStore(store, randomUUID(), never());
      } finally {
        store.close();
      }
    } catch (error) {
      if (isEmbedded && isFailure(error, 'no_such_bucket'))
        return ok(what, 'not there yet: the embedded S3 server makes it for the first run');
      throw error;
    }
    return ok(what, `may be written, and writes keep their conditions (${server.endpoint})`);
  } catch (error) {
    const starts = 'Start it with: landfall dev';
    return isFailure(error, 'no_object_server') ? warn(what, ...found(error, starts)) : bad(what, ...found(error, 'Look at S3_ENDPOINT'));
  }
}
