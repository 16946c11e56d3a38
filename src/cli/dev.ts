import { existsSync } from 'node:fs';
import type { Flow } from '../config/flow.ts';
import { flowFilesIn, readableFlows } from '../config/flow-file.ts';
import type { Settings } from '../config/settings.ts';
import { startEmbedded } from '../embedded/embedded.ts';
import { flowPlaces, kinds } from '../kinds.ts';
import { environment, settingsOf } from './context.ts';
import { missingSecrets, nextStep } from './dev-says.ts';
import { Lifetime } from './lifetime.ts';
import { type GlobalOptions, remark, show } from './output.ts';
import { startWorker } from './worker-process.ts';

/** Whether a flow has its place in a bucket and no S3 server is named. */
const wantsBuckets = ({ s3 }: Settings, flows: readonly Flow[]): boolean =>
  s3.endpoint === undefined && flows.some((flow) => (flowPlaces(flow).stores ?? []).some((store) => store.startsWith('s3://')));

/** The embedded servers and a worker for all queues, until told to stop. Servers named by settings are used, not started. */
export async function dev(options: GlobalOptions): Promise<void> {
  const settings = settingsOf(options);
  const { home, flows } = settings;
  const { address } = settings.temporal;
  const uri = settings.mongodb.uri?.reveal();
  const configured = { ...(address === undefined ? {} : { temporalAddress: address }), ...(uri === undefined ? {} : { mongodbUri: uri }) };
  // A folder of flows may be made later.
  const isThere = existsSync(flows);
  const readable = isThere ? await readableFlows(flows, kinds) : [];
  const env = environment(options);
  const lifetime = new Lifetime('The start', 'Start again with: landfall dev');
  try {
    const { endpoints } = await lifetime.start(
      startEmbedded({ home, report: remark, configured, s3: wantsBuckets(settings, readable) }),
      (servers) => servers.stop(),
    );
    const starting = startWorker({ home, env, args: [], logFile: null, report: remark });
    const { status } = await lifetime.start(starting, ({ worker }) => worker.stop());
    const { temporalUi, temporalAddress, mongodbUri } = endpoints;
    const lines = [
      `Temporal   ${temporalAddress}${temporalUi === null ? '' : `, Web UI ${temporalUi}`}`,
      `Database   ${uri === undefined ? mongodbUri : 'named by MONGODB_URI'}`,
      `Worker     all queues, health and metrics at ${status}`,
      `Flows      ${flows}. ${nextStep(isThere ? (await flowFilesIn(flows)).length : 0)}`,
      'Ctrl-C ends everything in order.',
    ];
    const missing = missingSecrets(readable, env);
    if (missing !== null) remark(missing);
    show({ value: { temporalAddress, temporalUi, worker: status, home, flows }, text: lines.join('\n') }, options.json === true);
    await lifetime.stopped;
    remark('Ending: running batches finish or leave a mark.');
  } finally {
    await lifetime.end();
  }
}
