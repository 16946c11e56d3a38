import { Failure } from '../../errors.ts';

/** Where the objects of one stream's store lie; all keys are relative to the flow's place. */
export interface Places {
  /** What readers know: a link on disk, a copy in a bucket in mode `prefix`, or a store that was there before. */
  readonly address: string;
  /** Which generation is live, and which were. */
  readonly current: string;
  /** Below it: every generation and its record. */
  readonly generations: string;
  /** A generation's group. */
  group(id: string): string;
  /** A generation's record: state, provenance, digests, the change under way. */
  record(id: string): string;
  /** What people were shown of a generation before it was published; it goes with the generation. */
  report(id: string): string;
}

/** The store that somebody else wrote: its group is the address itself until another is published there. */
export const ADOPTED = 'adopted';

export function placesOf(table: string): Places {
  const generations = `${table}.generations`;
  return {
    address: table,
    current: `${table}.current.json`,
    generations,
    group: (id) => `${generations}/${checkGenerationId(id)}`,
    record: (id) => `${generations}/${checkGenerationId(id)}.landfall`,
    report: (id) => `${table}.reports/${checkGenerationId(id)}`,
  };
}

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/** @throws {Failure} `bad_generation` (stop) */
export function checkGenerationId(id: string): string {
  if (ID.test(id)) return id;
  throw new Failure({
    kind: 'stop',
    code: 'bad_generation',
    happened: `${JSON.stringify(id.slice(0, 120))} cannot be the name of a generation`,
    expected: 'up to 100 letters, digits, - and _',
  });
}
