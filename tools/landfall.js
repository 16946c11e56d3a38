#!/usr/bin/env node
// The command `landfall`, for npx in a checkout: runs src/cli/main.ts with the pinned Node.
import { fileURLToPath } from 'node:url';
import { hasPackages } from './lib/packages.js';
import { pinnedEnvironment, pinnedNode } from './lib/pinned-node.js';
import { runInOurPlace } from './lib/run.js';
import { Sentence, say } from './lib/say.js';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  if (!hasPackages(root))
    throw new Sentence(
      'The packages of this checkout are not installed, or not those of package-lock.json. Run npm start once, or npm ci.',
    );
  process.exitCode = await runInOurPlace(pinnedNode(root), [`${root}src/cli/main.ts`, ...process.argv.slice(2)], {
    env: pinnedEnvironment(root),
  });
} catch (error) {
  if (!(error instanceof Sentence)) throw error;
  say(error.message);
  process.exitCode = 1;
}
