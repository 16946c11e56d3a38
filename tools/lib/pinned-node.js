import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Sentence } from './say.js';

/** The oldest Node that runs the project's TypeScript as it is. */
const OLDEST_MAJOR = 24;

/** The Node that the lockfile pins; on systems for which it pins none, the running one if it is new enough. */
export function pinnedNode(root) {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR) return process.execPath;
  throw new Sentence(
    `There is no pinned Node for ${process.platform} on ${process.arch}, and the one that runs this is ${process.versions.node}. Install Node ${OLDEST_MAJOR} or newer and try again.`,
  );
}

/** Compiled code is kept between starts, beside the packages: a command is there in half the time. Where it cannot be written, Node goes without. */
export const pinnedEnvironment = (root) => ({ NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'), ...process.env });
