import type { ZarrGroup } from '../../formats/zarr/group.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import type { ObjectStore } from '../../stores/objects/contract.ts';
import type { OriginRun, RequestRef, SeriesInput, SeriesPlan, SortedSource } from '../series.ts';
import type { CurrentRecord } from './current.ts';
import type { Segments } from './segments.ts';
import type { GenerationState } from './state.ts';

export type Codec = 'zstd' | 'lz4' | 'zlib';

/**
 * How a generation becomes the one that readers see.
 *
 * - `link`: on disk, `<table>` is a symbolic link, replaced whole.
 * - `pointer`: in a bucket, `<table>.current.json` names the generation; nothing else is at a fixed address.
 * - `prefix`: in a bucket, `<table>/` is a copy of the live generation; while it is replaced it does not open.
 */
export type PublishMode = 'link' | 'pointer' | 'prefix';

export interface StoreOptions {
  /** At the flow's place; keys begin with the table's name. */
  readonly objects: ObjectStore;
  /** Where the place is a folder: that folder. Needed for `link`. */
  readonly disk: { readonly folder: string } | null;
  readonly table: string;
  readonly publish: PublishMode;
  /** Of new arrays. */
  readonly codec: Codec;
  /** Least sizes of inner dimensions, by name. */
  readonly maximum?: Readonly<Record<string, number>>;
  /**
   * Rows of a window, of a chunk of one-dimensional arrays and of a segment of the record, of every generation that is built. Absent: 250,000
   * and 249,984 in turn. Fewer in tests.
   */
  readonly windowRows?: number;
  readonly now?: () => Date;
}

export interface ChangeOptions {
  /** Asked right before each change that becomes visible; what it throws ends the work. */
  readonly fence: () => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StoreProgress) => void;
}

export interface StoreProgress {
  readonly phase: 'taking_over' | 'merging' | 'writing' | 'applying' | 'copying' | 'checking';
  readonly done: number;
  /** Null: not known beforehand. */
  readonly total: number | null;
}

/** A generation as it can be read. */
export interface Generation {
  readonly id: string;
  /** Prefix of its group's keys at the flow's place, without a slash at its end. */
  readonly root: string;
  readonly group: ZarrGroup;
  readonly state: GenerationState;
  /** Its objects, keys relative to the group. */
  readonly chunks: ChunkReader;
  /** The same, none of them kept: what it gives belongs to who asked. */
  readonly stored: ChunkReader;
  /** Where its rows came from and what its chunks are. */
  readonly segments: Segments;
  /** False: somebody else wrote it and it has not been taken over yet, so there are no records of its chunks. */
  readonly isRecorded: boolean;
}

/** The generation that is published. */
export interface Live extends Generation {
  /** Null for an adopted store that has never been published by us. */
  readonly current: CurrentRecord | null;
}

export interface AppendCounts {
  /** Rows behind the old end. */
  readonly added: number;
  /** Rows at existing times of which a value has changed. */
  readonly corrected: number;
  /** Rows between existing ones. */
  readonly inserted: number;
}

export interface AppendOutcome extends AppendCounts {
  /**
   * - `appended`: done.
   * - `unchanged`: every row was there already, with a rank at least as high.
   * - `needs_generation`: nothing was changed; `grow` does it.
   */
  readonly state: 'appended' | 'unchanged' | 'needs_generation';
  /** For people: why a new generation is needed; else null. */
  readonly why: string | null;
  readonly generation: string;
  readonly rows: number;
  /** Seconds since 1900; NaN never. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** Chunks written. */
  readonly chunks: number;
  /** Bytes of all objects that took a new content: chunks, documents, records. */
  readonly bytesWritten: number;
  /** What this request did to the store before, in a call whose answer was lost; null: this is the first. */
  readonly earlier: RequestOutcome | null;
}

/** What a request did to a store, over all calls. */
export interface RequestOutcome extends AppendCounts {
  /** Why it took a new generation; null: it was added in place. */
  readonly why: string | null;
}

export interface BuildInput {
  /** Name of the generation: letters, digits, `-`, `_`. */
  readonly id: string;
  readonly inputs: readonly SeriesInput[];
  /** Why a request is not added in place: kept with what it did. */
  readonly why?: string;
}

/** Counts are of all its requests, against the generation that it was grown from; of a repeated call those of the first. */
export interface BuiltGeneration extends AppendCounts {
  readonly id: string;
  readonly rows: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly chunks: number;
  readonly bytesWritten: number;
  /** Chunks taken over from the generation before without being encoded again. */
  readonly copied: number;
  readonly validation: Validation;
}

export interface Problem {
  /** `torn`, `doubled`, `nat_boundary`, `missing_chunk`, `damaged_chunk`, `metadata_differs`, `length_differs` */
  readonly code: string;
  /** A sentence. */
  readonly what: string;
}

export interface Validation {
  readonly generation: string;
  readonly rows: number;
  readonly chunks: number;
  readonly bytes: number;
  /** Not all chunks were read. */
  readonly isSample: boolean;
  /** The first hundred. */
  readonly problems: readonly Problem[];
}

export interface GenerationInfo {
  readonly id: string;
  readonly root: string;
  readonly isLive: boolean;
  readonly state: GenerationState;
  /** When it was replaced, ISO 8601; null: live, or never published. */
  readonly replacedAt: string | null;
  readonly publishedAt: string | null;
}

export interface Recovered {
  /** Sentences; empty: there was nothing to do. */
  readonly did: readonly string[];
}

export interface Published {
  readonly generation: string;
  /** What was live before; null: nothing. */
  readonly replaced: string | null;
  readonly publishedAt: string;
}

export interface ConsumedFile {
  readonly name: string;
  readonly rows: number;
  readonly leftOut: string | null;
  /** Of its usable rows, seconds since 1900; absent where it was left out, and in records of before they were kept. */
  readonly firstTime?: number | undefined;
  readonly lastTime?: number | undefined;
}

/** What a request contributed, as it is kept beside the generation. */
export interface ConsumedRequest extends RequestRef {
  readonly files: readonly ConsumedFile[];
  /** Not kept for requests that were put into a new generation together. */
  readonly outcome?: RequestOutcome;
}

/** The store of one stream: its generations, and which of them is live. */
export interface SeriesStore {
  /** Null: there is no store yet. Finishes nothing that is under way. */
  live(): Promise<Live | null>;
  /** Until when the live store has rows, without reading more of it than that: one that somebody else wrote is read through by {@link live}. */
  reach(): Promise<Pick<GenerationState, 'lastTime'> | null>;
  /** @throws {Failure} `no_generation` (stop) */
  open(id: string): Promise<Generation>;
  /** Ends what a killed writer began: a change of a generation, a publication. */
  recover(options: Pick<ChangeOptions, 'fence' | 'signal'>): Promise<Recovered>;
  /** Adds a request to the live generation, or to the one named. Ends first what another began there. @throws {Failure} `no_store`, `store_changed`, … */
  append(input: SeriesInput, options: ChangeOptions & { readonly into?: string }): Promise<AppendOutcome>;
  /** A new generation beside the live one, read back. @throws {Failure} `empty_series`, `invalid_generation` */
  build(input: BuildInput, options: ChangeOptions): Promise<BuiltGeneration>;
  /** A new generation of the live one and further requests: for what `append` answers `needs_generation` to. */
  grow(input: BuildInput, options: ChangeOptions & { readonly from?: string }): Promise<BuiltGeneration>;
  publish(id: string, options: ChangeOptions): Promise<Published>;
  /** The generation that was live last before the one that is. @throws {Failure} `no_generation` */
  before(): Promise<GenerationInfo>;
  /** Publishes that one, or the one named. @throws {Failure} `no_generation` */
  rollback(options: ChangeOptions & { readonly to?: string }): Promise<Published>;
  generations(): Promise<readonly GenerationInfo[]>;
  /** Deletes generations that were replaced longer ago, and those that were made two weeks ago and never published; never an adopted one. The ids that are gone. */
  expire(keepMs: number, options: Pick<ChangeOptions, 'fence' | 'signal'>): Promise<readonly string[]>;
  /** Only those that were replaced, without a list of all that there is. */
  expireReplaced(keepMs: number, options: Pick<ChangeOptions, 'fence' | 'signal'>): Promise<readonly string[]>;
  /** @param id null: the live one */
  validate(
    id: string | null,
    options?: { readonly sample?: { readonly chunks: number; readonly seed: number }; readonly signal?: AbortSignal },
  ): Promise<Validation>;
  /** Requests whose rows are in a generation. */
  requests(id: string): Promise<readonly ConsumedRequest[]>;
  /** Rows `from` to `to - 1` of a generation as a source, with the origin of each row. */
  source(generation: Generation): Promise<SortedSource>;
  /** Where rows came from. */
  origins(generation: Generation, from: number, count: number): Promise<readonly OriginRun[]>;
  /** What the live generation would look like with further notes. */
  plan(generation: Generation): SeriesPlan;
}
