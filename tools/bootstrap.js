// Brings a fresh clone to the point where it can run, then hands over: node tools/bootstrap.js COMMAND [ARGS]. Runs under any Node from 20 on.
import { fileURLToPath } from 'node:url';
import { COMMANDS } from './lib/commands.js';
import { ensurePackages } from './lib/packages.js';
import { pinnedEnvironment, pinnedNode } from './lib/pinned-node.js';
import { runInOurPlace } from './lib/run.js';
import { Sentence, say } from './lib/say.js';
import { ensureSystemPackages } from './lib/system-packages.js';

const root = fileURLToPath(new URL('..', import.meta.url));

async function main([name, ...args]) {
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
  if (command === undefined) throw new Sentence(`Unknown command ${name ?? ''}. Known: ${Object.keys(COMMANDS).join(', ')}.`);
  await ensurePackages(root);
  const node = pinnedNode(root);
  if (name !== 'check' && name !== 'format') await ensureSystemPackages();
  let worst = 0;
  for (const line of command(args, root)) {
    const code = await runInOurPlace(node, line, { cwd: root, env: pinnedEnvironment(root) });
    worst = Math.max(worst, code);
    if (code >= 128 || (code !== 0 && name !== 'fuzz')) break;
  }
  return worst;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Sentence)) throw error;
  say(error.message);
  process.exitCode = 1;
}
