import { existsSync } from 'node:fs';
import { readableFlows } from '../config/flow-file.ts';
import type { Settings } from '../config/settings.ts';
import { startEmbedded } from '../embedded/embedded.ts';
import { flowPlaces, kinds } from '../kinds.ts';
import { environment, settingsOf } from './context.ts';
import { Lifetime } from './lifetime.ts';
import { type GlobalOptions, remark, say } from './output.ts';
import { startWorker } from './worker-process.ts';

/** Whether a flow has its place in a bucket and no S3 server is named. A folder of flows that is not there yet has none. */
async function wantsBuckets({ s3, flows }: Settings): Promise<boolean> {
  if (s3.endpoint !== undefined || !existsSync(flows)) return false;
  return (await readableFlows(flows, kinds)).some((flow) => (flowPlaces(flow).stores ?? []).some((store) => store.startsWith('s3://')));
}

/** The embedded servers and a worker for all queues, until told to stop. Servers named by settings are used, not started. */
export async function dev(options: GlobalOptions): Promise<void> {
  const settings = settingsOf(options);
  const { home, flows } = settings;
  const { address } = settings.temporal;
  const uri = settings.mongodb.uri?.reveal();
  const configured = { ...(address === undefined ? {} : { temporalAddress: address }), ...(uri === undefined ? {} : { mongodbUri: uri }) };
  const lifetime = new Lifetime('The start', 'Start again with: landfall dev');
  try {
    const { endpoints } = await lifetime.start(
      startEmbedded({ home, report: remark, configured, s3: await wantsBuckets(settings) }),
      (servers) => servers.stop(),
    );
    const starting = startWorker({ home, env: environment(options), args: [], logFile: null, report: remark });
    const { status } = await lifetime.start(starting, ({ worker }) => worker.stop());
    const { temporalUi, temporalAddress, mongodbUri } = endpoints;
    const lines = [
      `Temporal   ${temporalAddress}${temporalUi === null ? '' : `, Web UI ${temporalUi}`}`,
      `Database   ${uri === undefined ? mongodbUri : 'named by MONGODB_URI'}`,
      `Worker     all queues, health and metrics at ${status}`,
      `Flows      ${flows}. In another terminal: landfall init argo, landfall apply, landfall run mirror argo`,
      'Ctrl-C ends everything in order.',
    ];
    say(options.json === true ? JSON.stringify({ temporalAddress, temporalUi, worker: status, home, flows }) : lines.join('\n'));
    await lifetime.stopped;
    remark('Ending: running batches finish or leave a mark.');
  } finally {
    await lifetime.end();
  }
}
