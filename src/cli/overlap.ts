import { resolve, sep } from 'node:path';
import { Failure } from '../errors.ts';

/** The folders that workers write to for a flow. */
export interface FlowFolders {
  readonly flow: string;
  readonly folders: readonly string[];
}

/**
 * Refuses flows that write to one folder, or one inside another's: a mirror deletes what its source does not have, the other flow's files too.
 * @throws {Failure} `bad_configuration` (stop), naming the two flows and folders.
 */
export function refuseOverlap(flows: readonly FlowFolders[]): void {
  for (const [at, one] of flows.entries()) {
    for (const other of flows.slice(at + 1)) {
      for (const mine of one.folders) {
        const theirs = other.folders.find((folder) => holds(mine, folder) || holds(folder, mine));
        if (theirs === undefined) continue;
        throw new Failure({
          kind: 'stop',
          code: 'bad_configuration',
          happened: `Flow ${one.flow} writes to ${mine} and flow ${other.flow} to ${theirs}`,
          expected: 'folders that do not lie in one another: a mirror deletes what its source does not have',
          remedy: 'Give one of the flows another folder',
        });
      }
    }
  }
}

const holds = (folder: string, path: string): boolean => `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`);
