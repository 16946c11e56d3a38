/**
 * A worker process: `node workers/main.ts [--queues load,transfer] [--suffix HOST]`. Started by `landfall worker` and `landfall dev`.
 * Ends gracefully on SIGTERM and SIGINT: activities finish within the grace time or leave a mark in their heartbeat.
 */
import { setFlagsFromString } from 'node:v8';
import { loadSettings } from '../src/config/settings.ts';
import { isFailure } from '../src/errors.ts';
import { createLog } from '../src/observe/log.ts';
import { workerArguments } from './options.ts';
import { runWorkers } from './run.ts';

// Translated documents live for less than a second, but long enough to be taken for lasting; left alone, garbage grows to five times what is in use.
setFlagsFromString('--heap-growing-percent=50');

/** For the log to be written. */
const LAST_WORDS_MS = 500;

const settings = loadSettings(process.env);
const log = createLog({ ...settings.log, fields: { process: 'worker' } });
try {
  await runWorkers({ settings, log, ...workerArguments(process.argv.slice(2)) });
} catch (error) {
  if (isFailure(error)) log.error({ event: 'worker_refused', code: error.code }, error.message);
  else log.error({ event: 'worker_failed', err: error });
  process.exitCode = 1;
  // What was opened before the failure would keep the process alive, serving nothing.
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
}
