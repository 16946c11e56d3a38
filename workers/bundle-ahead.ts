/** Builds the workflow bundle into the folder of the checkout, for an image whose workers are to start at once: `node workers/bundle-ahead.ts`. */
import { root, workflowBundle } from './bundled.ts';

console.log(await workflowBundle(root));
