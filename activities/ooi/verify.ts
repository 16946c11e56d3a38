import { hash } from 'node:crypto';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { Failure } from '../../src/errors.ts';
import { formatItems } from '../../src/observe/counts.ts';
import { checkStore } from '../../src/ooi/check/check-store.ts';
import { findingText } from '../../src/ooi/check/findings.ts';
import { drawSlabs, type Slab } from '../../src/ooi/check/slabs.ts';
import type { WrittenFile } from '../../src/ooi/check/written.ts';
import { flowTable } from '../../src/ooi/form.ts';
import type { ConsumedFile, Live } from '../../src/ooi/store/contract.ts';
import { chunksIn } from '../../src/stores/objects/chunks.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import { hasChanged } from './changes.ts';
import type { OfStream } from './contracts.ts';
import type { OoiEnvironment, OpenSeries } from './environment.ts';

export interface VerifyDependencies {
  readonly environment: OoiEnvironment;
}

export interface CheckWholeStore extends OfStream {
  /** Null: one made from the run. */
  readonly seed: number | null;
  /** Stretches to draw, for the comparison with the facility. */
  readonly slabs: number;
}

export interface StoreChecked {
  readonly says: string;
  readonly generation: string;
  readonly seed: number;
  /** Sentences, each with what to do. */
  readonly findings: readonly string[];
  readonly slabs: readonly Slab[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Long enough to meet a file's end now and then, and little work for the facility. */
const SLAB_SECONDS = 6 * 3600;

/** So often a store that is being changed is looked at again; an append takes seconds. */
const LOOKS = 5;

/** Checks that change nothing. Queue: verify, on the host that reaches the store. */
export const verifyActivities = ({ environment }: VerifyDependencies) => ({
  /** Every chunk of the live store against the record of what was written, and the times against the files that brought them. */
  async checkWholeStore({ flow, run, seed: wanted, slabs }: CheckWholeStore): Promise<StoreChecked> {
    const seed = wanted ?? hash('sha256', run, 'buffer').readUInt32LE();
    return await environment.withSeries(flow, (open) =>
      withSignsOfLife(checked(open, flowTable(flow), seed, slabs), () => heartbeat({ phase: 'store' })),
    );
  },
});

async function checked({ store, objects }: OpenSeries, table: string, seed: number, count: number): Promise<StoreChecked> {
  for (let look = 1; ; look += 1) {
    const live = await store.live();
    if (live === null) throw nothingThere(table);
    const files = (await store.requests(live.id)).flatMap((request) => request.files.flatMap(fileOf));
    const signal = cancellationSignal();
    const chunks = chunksIn(objects, live.root, { signal });
    const isChanging = () => hasChanged(objects, table, live);
    const check = await checkStore({ chunks, record: recordOf(live), files, isChanging }, { seed, signal });
    if (check.state === 'changed_meanwhile' && look < LOOKS) continue;
    const findings = check.findings.map(findingText);
    const { total, read, bytes } = check.chunks;
    const says = `all ${formatItems(read, 'chunk')} of ${live.id} read: ${findings.length === 0 ? 'nothing wrong' : formatItems(findings.length, 'finding')}.`;
    const { first, last, gaps } = check.times;
    const slabs = Number.isFinite(first) ? drawSlabs({ seed, count, length: SLAB_SECONDS, extent: [first, last], gaps }) : [];
    return { says, generation: live.id, seed, findings, slabs, counts: { rows: live.state.length, chunks: total, bytesRead: bytes } };
  }
}

/** Null for a store that somebody else wrote and nobody has added to. */
const recordOf = (live: Live) =>
  live.isRecorded
    ? {
        chunk: (key: string, row: number) => live.segments.chunk(key, row),
        origins: (from: number, count: number) => live.segments.origins(from, count),
      }
    : null;

/** Nothing of a file that was left out, or that was written down before its times were kept. */
const fileOf = ({ name, firstTime, lastTime }: ConsumedFile): readonly WrittenFile[] =>
  firstTime === undefined || lastTime === undefined ? [] : [{ name, firstTime, lastTime }];

const nothingThere = (table: string): Failure =>
  new Failure({ kind: 'stop', code: 'no_store', happened: `There is no store of ${table} yet`, remedy: 'Start its harvest first' });
