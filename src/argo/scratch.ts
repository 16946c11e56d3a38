import { inScratchFolder, openScratchFolder, type Scratch, type ScratchSettings } from '../transfer/scratch.ts';
import type { ArgoFlow } from './flow.ts';
import { defaultJournal } from './mirror-source.ts';

/** As long as an activity beside the mirror may take. */
const LEFT_BEHIND_MS = 3 * 86_400_000;

const settingsOf = ({ mirror }: ArgoFlow): ScratchSettings => ({
  parent: defaultJournal(mirror),
  prefix: 'scratch-',
  leftBehindMs: LEFT_BEHIND_MS,
});

/** A folder beside the mirror, on the same disk, for lists that do not fit into memory. */
export const openScratch = (flow: ArgoFlow): Promise<Scratch> => openScratchFolder(settingsOf(flow));

export const withScratch = <T>(flow: ArgoFlow, use: (folder: string) => Promise<T>): Promise<T> => inScratchFolder(settingsOf(flow), use);
