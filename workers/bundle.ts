/**
 * Builds the workflow bundle, in a process of its own: `node workers/bundle.ts FILE`.
 * A worker that bundles for itself holds on to 150 MB that it never needs again.
 */
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const quiet = () => undefined;
const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error, log: quiet };

const target = process.argv[2];
if (target === undefined) throw new Error('Usage: node workers/bundle.ts FILE');
const { code } = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)), logger });
await mkdir(dirname(target), { recursive: true });
const aside = `${target}.${process.pid}`;
const file = await open(aside, 'w');
await file.writeFile(code);
await file.sync();
await file.close();
await rename(aside, target);
