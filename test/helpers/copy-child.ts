/** Copies one list in a process of its own, so that a test can kill it. Says a line for every tick. Arguments: the source as JSON, the list. */
import { copyChanges } from '../../src/argo/mirror.ts';

const [source = '{}', listId = ''] = process.argv.slice(2);

await copyChanges({
  now: new Date(),
  source: JSON.parse(source),
  listId,
  signal: new AbortController().signal,
  tickMs: 10,
  checkFence: async () => {},
  onProgress: ({ profileFiles }) => process.stdout.write(`${profileFiles}\n`),
});
