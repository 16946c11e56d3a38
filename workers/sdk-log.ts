import { DefaultLogger } from '@temporalio/worker';
import type { Logger } from '../src/observe/log.ts';

/** What the SDK warns of and what is meant so: only one of the queues has workflows. */
const MEANT = 'No workflows registered, not polling for workflow tasks';

/** What the SDK has to say, as lines of ours. */
export const sdkLogger = (log: Logger): DefaultLogger =>
  new DefaultLogger('INFO', ({ level, message, meta }) => {
    const fields = { event: 'temporal_sdk', ...meta };
    if (level === 'ERROR') log.error(fields, message);
    else if (level === 'WARN' && message !== MEANT) log.warn(fields, message);
    else log.debug(fields, message);
  });
