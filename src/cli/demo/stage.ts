import { relative } from 'node:path';
import type { Embedded } from '../../embedded/embedded.ts';
import { type Lock, tryLock } from '../../embedded/lock.ts';
import { Failure } from '../../errors.ts';
import type { Context } from '../context.ts';
import type { Lifetime } from '../lifetime.ts';
import type { Started } from '../run.ts';

/** What a tour plays on: servers that run, and where it may write. */
export interface Stage {
  readonly home: string;
  readonly context: Context;
  readonly embedded: Embedded;
  readonly lifetime: Lifetime;
  /** With --json standard output is kept for the one value. */
  readonly tell: (line: string) => void;
}

/** What a tour came to. */
export interface Told {
  readonly isRight: boolean;
  /** For `--json`. */
  readonly value: Readonly<Record<string, unknown>>;
  /** The run to look at in the Web UI, if it is worth a look. */
  readonly last: Started | undefined;
  /** What to try next, arguments of `landfall`. */
  readonly tryNext: readonly string[];
}

/** One kind's part of the demo: its facility in a box, its flow, and the tour over both. */
export interface Tour {
  /** Its flow files are written and its facility runs when this has answered. The line tells where the facility is. */
  readonly introduction: string;
  play(): Promise<Told>;
}

/** @throws {Failure} `home_in_use`: another demo, or servers of somebody's, work there */
export function lockOf(home: string, name: string): Lock {
  const attempt = tryLock(`${home}/locks/${name}`);
  if (attempt.state === 'held') return attempt.lock;
  throw new Failure({
    kind: 'stop',
    code: 'home_in_use',
    happened: `Process ${attempt.holder.pid} already works in ${short(home)}`,
    remedy: 'End it with Ctrl-C, or give this demo another place with --home',
  });
}

/** A path as people like to read it. */
export const short = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
};
