import { statfs } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { Failure } from '../errors.ts';
import { redactText } from '../observe/redact.ts';
import { isDaemonUrl, type RsyncSource } from '../transfer/rsync-arguments.ts';

/** One mirror: where it comes from, where it is, and where its changes are remembered. */
export interface MirrorSource extends RsyncSource {
  /** Absolute path of the level that holds the DAC folders. */
  readonly mirror: string;
  /** Absolute path of the journal's folder, outside the mirror: rsync deletes what the source does not have. */
  readonly journal: string;
  readonly password?: string;
}

/** Beside the mirror, so that both share a disk and a fate. */
export const defaultJournal = (mirror: string): string => `${resolve(mirror)}.journal`;

/** @throws {Failure} `bad_mirror` (stop): an address or folder that must not be used. Nothing was touched. */
export function checkSource({ url, mirror, journal }: MirrorSource): void {
  if (!isDaemonUrl(url))
    throw bad(
      `"${redactText(url)}" is no module of an rsync server`,
      'rsync://host/module/ or host::module/, without a password',
      'Correct the address in the flow file',
    );
  if (!isAbsolute(mirror) || resolve(mirror) === '/')
    throw bad(`The mirror cannot be "${mirror}"`, 'an absolute path of a folder of its own', 'Correct the path in the flow file');
  if (!isAbsolute(journal) || isWithin(journal, mirror) || isWithin(mirror, journal)) {
    throw bad(
      `The journal "${journal}" and the mirror "${mirror}" lie one in the other`,
      'an absolute path beside the mirror',
      'Move the journal: what is inside a mirror and not at its source is deleted',
    );
  }
}

const bad = (happened: string, expected: string, remedy: string): Failure =>
  new Failure({ kind: 'stop', code: 'bad_mirror', happened, expected, remedy });

function isWithin(path: string, folder: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way));
}

/** A sentence when the disk of the mirror has less room than the list wants to bring; null when it fits. */
export async function spaceWarning(mirror: string, wantedBytes: number): Promise<string | null> {
  const { bavail, bsize } = await statfs(mirror);
  const free = bavail * bsize;
  if (wantedBytes <= free) return null;
  return `The list brings ${sizeText(wantedBytes)}, and the disk of ${mirror} has ${sizeText(free)} left; the copy stops when it is full and goes on when there is room.`;
}

export const sizeText = (bytes: number): string => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);
