import { startEmbedded } from '../embedded/embedded.ts';
import { environment, settingsOf } from './context.ts';
import { type GlobalOptions, remark, say } from './output.ts';
import { untilStopped } from './until-stopped.ts';
import { startWorker } from './worker-process.ts';

/** The embedded servers and a worker for all queues, until told to stop. Servers named by settings are used, not started. */
export async function dev(options: GlobalOptions): Promise<void> {
  const settings = settingsOf(options);
  const stopped = untilStopped();
  const { address } = settings.temporal;
  const uri = settings.mongodb.uri?.reveal();
  const embedded = await startEmbedded({
    home: settings.home,
    report: remark,
    configured: { ...(address === undefined ? {} : { temporalAddress: address }), ...(uri === undefined ? {} : { mongodbUri: uri }) },
  });
  try {
    const { worker, status } = await startWorker({
      home: settings.home,
      env: environment(options),
      args: [],
      logFile: null,
      report: remark,
    });
    const { temporalUi, temporalAddress } = embedded.endpoints;
    say(`Temporal   ${temporalAddress}${temporalUi === null ? '' : `, Web UI ${temporalUi}`}`);
    say(`Worker     all queues, health and metrics at ${status}`);
    say(`Flows      ${settings.flows}. In another terminal: landfall init argo, landfall apply, landfall run mirror argo`);
    say('Ctrl-C ends everything in order.');
    await Promise.race([stopped]);
    remark('Ending: running batches finish or leave a mark.');
    await worker.stop();
  } finally {
    await embedded.stop();
  }
}
