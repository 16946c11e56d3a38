import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { errnoOf, Failure } from '../../src/errors.ts';
import { type Daemon, type DaemonOptions, freePort, startDaemon } from './daemon.ts';
import { deletedProfiles, type ExpectedProfile, expectedOfFloat } from './expected.ts';
import { applyNight, type NightSummary, writeTree } from './tree.ts';
import { floatsAt, type World } from './world.ts';

export type { ExpectedProfile } from './expected.ts';
export type { NightSummary } from './tree.ts';

export interface GdacOptions extends World {
  /** Holds the tree, the daemon's files and `state.json`. A folder of an earlier start with the same numbers is taken up as it is. */
  readonly folder: string;
  /** Serve this tree as it is instead of a generated one. */
  readonly tree?: string;
  /** A free one where not given. */
  readonly port?: number;
}

/** Faults that can be on; what is left out is off. */
export interface Faults {
  readonly isEmpty?: boolean;
  readonly hasNoModule?: boolean;
  readonly refusesConnections?: boolean;
  readonly maxConnections?: number;
  readonly bandwidthKiB?: number;
  /** Folders or files the permissions forbid count for root too. */
  readonly obeysPermissions?: boolean;
}

export interface Gdac {
  /** `rsync://127.0.0.1:PORT/argo/`: the level of the DAC folders. */
  readonly url: string;
  readonly tree: string;
  readonly port: number;
  /** Nights played so far. */
  readonly night: number;
  /** The daemon's process. */
  readonly pid: number;
  /** Plays the next night; any other number is refused. */
  playNight(night: number): Promise<NightSummary>;
  /** What a loader must have made of the tree as it is now. */
  expected(): AsyncIterable<ExpectedProfile>;
  /** Keys of the profiles that earlier nights took away. */
  deleted(): AsyncIterable<string>;
  setFaults(faults: Faults): Promise<void>;
  stop(): Promise<void>;
}

/** What `state.json` holds: enough to know every byte of the tree. `playing`: a night that was begun and may not be done. */
export interface GdacState extends World {
  readonly night: number;
  readonly playing?: number;
}

const MODULE = 'argo';

export async function startGdac(options: GdacOptions): Promise<Gdac> {
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true });
  const tree = options.tree === undefined ? join(folder, 'tree') : resolve(options.tree);
  const world: World = { seed: options.seed, floats: options.floats, cyclesPerFloat: options.cyclesPerFloat };
  if (options.tree !== undefined && !existsSync(tree)) throw noSuchTree(tree);
  let { night } = options.tree === undefined ? await takeUp(world, folder, tree) : { night: 0 };

  const port = options.port ?? (await freePort());
  const base: DaemonOptions = { folder, port, module: MODULE, path: tree };
  let daemon: Daemon | null = await startDaemon(base);
  const generated = (): void => {
    if (options.tree !== undefined) throw notGenerated(tree);
  };

  return {
    url: `rsync://127.0.0.1:${port}/${MODULE}/`,
    tree,
    port,
    get night() {
      return night;
    },
    get pid() {
      return daemon?.pid ?? 0;
    },
    async playNight(next) {
      generated();
      if (next !== night + 1) throw notTheNextNight(next, night);
      writeState(folder, { ...world, night, playing: next });
      const summary = await applyNight(world, next, tree, join(folder, 'incoming'));
      writeState(folder, { ...world, night: next });
      night = next;
      return summary;
    },
    async *expected() {
      generated();
      yield* expectedNow(world, night);
    },
    async *deleted() {
      generated();
      yield* deletedProfiles(world, night);
    },
    async setFaults(faults) {
      await daemon?.stop();
      daemon = null;
      if (faults.refusesConnections !== true) daemon = await startDaemon(withFaults(base, faults));
    },
    async stop() {
      await daemon?.stop();
      daemon = null;
    },
  };
}

function withFaults(base: DaemonOptions, { isEmpty, hasNoModule, maxConnections, bandwidthKiB, obeysPermissions }: Faults): DaemonOptions {
  const empty = join(base.folder, 'empty');
  if (isEmpty === true) mkdirSync(empty, { recursive: true });
  return {
    ...base,
    ...(isEmpty === true ? { path: empty } : {}),
    ...(hasNoModule === true ? { module: 'elsewhere' } : {}),
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(bandwidthKiB === undefined ? {} : { bandwidthKiB }),
    ...(obeysPermissions === undefined ? {} : { obeysPermissions }),
  };
}

/** Profile by profile, letting the event loop turn between floats. */
export async function* expectedNow(world: World, night: number): AsyncGenerator<ExpectedProfile> {
  for (const float of floatsAt(world, night)) {
    yield* expectedOfFloat(world, float, night);
    await breathe();
  }
}

/** Goes on with the tree of an earlier start, or makes it. A tree without `state.json` was never finished: made anew. */
async function takeUp(world: World, folder: string, tree: string): Promise<GdacState> {
  const state = readState(folder);
  if (state === null) {
    rmSync(tree, { recursive: true, force: true });
    mkdirSync(tree, { recursive: true });
    await writeTree(world, 0, tree);
    writeState(folder, { ...world, night: 0 });
    return { ...world, night: 0 };
  }
  if (state.seed !== world.seed || state.floats !== world.floats || state.cyclesPerFloat !== world.cyclesPerFloat)
    throw otherWorld(folder, state, world);
  if (state.playing === undefined) return state;
  await applyNight(world, state.playing, tree, join(folder, 'incoming'));
  writeState(folder, { ...world, night: state.playing });
  return { ...world, night: state.playing };
}

const statePath = (folder: string): string => join(folder, 'state.json');

function writeState(folder: string, state: GdacState): void {
  writeFileSync(`${statePath(folder)}.new`, `${JSON.stringify(state)}\n`);
  renameSync(`${statePath(folder)}.new`, statePath(folder));
}

export function readState(folder: string): GdacState | null {
  try {
    return stateFrom(JSON.parse(readFileSync(statePath(folder), 'utf8')), folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function stateFrom(value: unknown, folder: string): GdacState {
  const number = (name: string): number | undefined => {
    const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
    return typeof found === 'number' ? found : undefined;
  };
  const [seed, floats, cyclesPerFloat, night, playing] = [
    number('seed'),
    number('floats'),
    number('cyclesPerFloat'),
    number('night'),
    number('playing'),
  ];
  if (seed === undefined || floats === undefined || cyclesPerFloat === undefined || night === undefined) {
    throw new Failure({
      kind: 'stop',
      code: 'standin_state',
      happened: `${statePath(folder)} is no state of a generated tree`,
      remedy: 'Remove that folder and start again',
    });
  }
  return { seed, floats, cyclesPerFloat, night, ...(playing === undefined ? {} : { playing }) };
}

const noSuchTree = (tree: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'standin_tree',
    happened: `There is no folder ${tree}`,
    expected: 'a folder that holds DAC folders',
    remedy: 'Give another --tree',
  });

const notGenerated = (tree: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'standin_tree',
    happened: `${tree} was given, not generated: nobody knows its documents or its later nights`,
    remedy: 'Start without --tree',
  });

const notTheNextNight = (asked: number, played: number): Failure =>
  new Failure({
    kind: 'stop',
    code: 'standin_night',
    happened: `Night ${asked} cannot be played after night ${played}`,
    expected: `night ${played + 1}`,
  });

const otherWorld = (folder: string, state: GdacState, world: World): Failure =>
  new Failure({
    kind: 'stop',
    code: 'standin_state',
    happened: `${folder} holds a tree of seed ${state.seed}, ${state.floats} floats, ${state.cyclesPerFloat} cycles`,
    expected: `seed ${world.seed}, ${world.floats} floats, ${world.cyclesPerFloat} cycles`,
    remedy: 'Use another folder or remove this one',
  });
