import { Failure } from '../../errors.ts';
import { withLength, type ZarrArray } from '../../formats/zarr/array.ts';
import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import { withBestShuffle } from '../../formats/zarr/trial.ts';
import { encodeRows } from '../../formats/zarr/write.ts';
import type { ObjectStore } from '../../stores/objects/contract.ts';
import type { ColumnPlan, SchemaNotes, SeriesInput, SeriesPlan, SeriesWindow } from '../series.ts';
import { coordinateOf } from './absent.ts';
import { arrayFor } from './column-array.ts';
import type { BuildInput, BuiltGeneration, ChangeOptions, Generation } from './contract.ts';
import { documentsOf, publishedGroup, publishingDocument } from './documents.ts';
import { emptySeries } from './failures.ts';
import { openGeneration, type Room } from './generation.ts';
import { type Kept, keepRows, keptRows } from './keep-rows.ts';
import { removeAll } from './remove.ts';
import { consumedRequest, readRequests, requestBytes, requestKey } from './requests.ts';
import { joinNotes, mergeSources, planOf } from './rules.ts';
import { segmentBytes, segmentKey } from './segment.ts';
import { type GenerationState, readState, stateBytes, stateKey } from './state.ts';
import { storedSource } from './stored-source.ts';
import { validateGeneration } from './validate.ts';
import { type ChunkTask, chunkTasks, writeChunks } from './write-chunks.ts';

/**
 * Builds a generation beside the live one, from requests and, where one is given, from an older generation whose rows and chunks it takes
 * over. Killed at any moment and begun anew it ends in the same bytes.
 *
 * @throws {Failure} `empty_series`, `invalid_generation` (stop)
 */
export async function buildGeneration(
  room: Room,
  { id, inputs }: BuildInput,
  base: Generation | null,
  options: ChangeOptions,
): Promise<BuiltGeneration> {
  const { objects, places, now, maximum } = room;
  const [root, record] = [places.group(id), places.record(id)];
  const done = await alreadyBuilt(room, { id, inputs }, base, options);
  if (done !== null) return done;

  const notes = inputs.reduce((all: SchemaNotes, input) => joinNotes(all, input.notes), base?.state.notes ?? NO_NOTES);
  const plan = planOf(notes, maximum === undefined ? {} : { maximum });
  const madeAt = now().toISOString();
  const building: GenerationState = {
    format: 1,
    generation: id,
    status: 'building',
    root,
    length: 0,
    segmentRows: room.windowRows,
    firstTime: null,
    lastTime: null,
    notes,
    grownFrom: grownFrom(base),
    madeAt,
    changedAt: madeAt,
  };
  await removeAll(objects, `${root}/`, options);
  await removeAll(objects, `${record}/`, options);
  const put = counting(objects, options);
  await put.record(stateKey(record), stateBytes(building));

  const kept = await keptRows(room, base, plan, inputs, root);
  const work = { room, plan, kept, root, record, put, options };
  const written = await writeSeries(work, inputs, base);
  if (written.rows === 0) throw emptySeries(id);

  for (const request of [...(base === null ? [] : await readRequests(objects, places.record(base.id))), ...inputs.map(consumedRequest)]) {
    await put.record(requestKey(record, request.id), requestBytes(request));
  }
  const group = publishedGroup(plan, written.arrayOf, written);
  for (const { key, bytes } of [...documentsOf(group), publishingDocument(group)]) await put.record(`${root}/${key}`, bytes);
  const { rows, firstTime, lastTime } = written;
  await put.record(stateKey(record), stateBytes({ ...building, length: rows, firstTime, lastTime }));
  return finish(room, id, options, { chunks: written.chunks, copied: written.copied, bytesWritten: put.bytes() });
}

const NO_NOTES: SchemaNotes = { variables: {}, attributes: {}, extent: {} };

/** Reads all of it back; only then it is complete. */
async function finish(
  room: Room,
  id: string,
  options: ChangeOptions,
  counts: Pick<BuiltGeneration, 'chunks' | 'copied' | 'bytesWritten'>,
): Promise<BuiltGeneration> {
  const generation = await openGeneration(room, id, signalOf(options));
  const validation = await validateGeneration(room, generation, options);
  const [problem] = validation.problems;
  if (problem !== undefined)
    throw new Failure({
      kind: 'again',
      code: 'invalid_generation',
      happened: `Generation ${id} was built but is not what it should be: ${problem.what}`,
      remedy: 'Build it again; if that says the same, look at the disk or the object store',
    });
  const { state } = generation;
  if (state.status !== 'complete') {
    await room.objects.put(stateKey(room.places.record(id)), stateBytes({ ...state, status: 'complete' }), options);
  }
  return { id, rows: state.length, firstTime: state.firstTime ?? 0, lastTime: state.lastTime ?? 0, validation, ...counts };
}

const grownFrom = (base: Generation | null) => (base === null ? null : { generation: base.id, changedAt: base.state.changedAt });

const signalOf = ({ signal }: ChangeOptions) => (signal === undefined ? {} : { signal });

/** A repeated call finds what the first has made, if it is of the same requests. */
async function alreadyBuilt(
  room: Room,
  { id, inputs }: BuildInput,
  base: Generation | null,
  options: ChangeOptions,
): Promise<BuiltGeneration | null> {
  const record = room.places.record(id);
  const found = await readState(room.objects, record, signalOf(options));
  if (found === null || found.state.status !== 'complete') return null;
  const requests = new Set((await readRequests(room.objects, record)).map((request) => request.id));
  const { grownFrom: was } = found.state;
  const isSame =
    was?.generation === base?.id && was?.changedAt === base?.state.changedAt && inputs.every(({ request }) => requests.has(request.id));
  if (isSame) return finish(room, id, options, { chunks: 0, copied: 0, bytesWritten: 0 });
  throw new Failure({
    kind: 'stop',
    code: 'generation_exists',
    happened: `Generation ${id} is there already, and was made of other requests`,
    remedy: 'Build it under another name',
  });
}

interface Work {
  readonly room: Room;
  readonly plan: SeriesPlan;
  readonly kept: Kept;
  readonly root: string;
  readonly record: string;
  readonly put: ReturnType<typeof counting>;
  readonly options: ChangeOptions;
}

interface WrittenSeries {
  readonly rows: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly chunks: number;
  readonly copied: number;
  readonly arrayOf: (name: string) => ZarrArray;
}

/** Rows taken over first, then window after window of what is merged; each with its segment of the record. */
async function writeSeries(work: Work, inputs: readonly SeriesInput[], base: Generation | null): Promise<WrittenSeries> {
  const { plan, kept, root, record, put, options, room } = work;
  const size = room.windowRows;
  const arrays = new Map(kept.arrays);
  const onTime = plan.columns.filter(({ isOnTime }) => isOnTime);
  const arrayOf = (name: string): ZarrArray => {
    const array = arrays.get(name);
    if (array === undefined) throw new TypeError(`no array is planned for ${name}`);
    return array;
  };
  const settle = async (values: (task: ChunkTask) => ReturnType<SeriesWindow['values']>, rows: number): Promise<void> => {
    for (const column of onTime.filter(({ name }) => !arrays.has(name))) {
      const array = arrayFor(column, 0, room.codec, room.windowRows);
      const first = { column, from: 0, count: Math.min(rows, array.chunks[0] ?? rows) };
      arrays.set(column.name, await withBestShuffle(array, await values(first)));
    }
  };
  let chunks: readonly ChunkRecord[] = [];
  for (const column of plan.columns.filter(({ isOnTime }) => !isOnTime)) {
    arrays.set(column.name, arrayFor(column, 0, room.codec, room.windowRows));
    chunks = [...chunks, ...(await writeCoordinate(column, arrayOf(column.name), root, put.chunk))];
  }
  let count = chunks.length;
  let copied = 0;
  const segment = async (
    from: number,
    rows: number,
    origins: SeriesWindow['origins'],
    values: (task: ChunkTask) => ReturnType<SeriesWindow['values']>,
  ) => {
    await settle(values, rows);
    const tasks = chunkTasks(onTime, arrayOf, from, rows).filter(
      ({ column, from: at }) => !(at < kept.rows && kept.arrays.has(column.name)),
    );
    const written = await writeChunks(tasks, {
      arrayOf: ({ name }) => arrayOf(name),
      values,
      put: (key, bytes) => put.chunk(`${root}/${key}`, bytes),
      ...signalOf(options),
    });
    count += written.length;
    const taken = await keepRows(kept, from, rows, options);
    copied += taken.length;
    const all = [...chunks, ...written, ...taken];
    chunks = [];
    await put.record(segmentKey(record, from / size), segmentBytes({ origins, chunks: new Map(all.map((one) => [one.key, one])) }));
    options.onProgress?.({ phase: 'writing', done: from + rows, total: null });
  };

  const stored = base === null ? null : storedSource({ ...base, plan: planOf(base.state.notes) }, 0);
  for (let from = 0; stored !== null && from < kept.rows; from += size) {
    await segment(from, size, await stored.origins(from, size), (task) => stored.values(task.column, task.from, task.count));
  }
  const tail = base === null ? [] : [storedSource({ ...base, plan: planOf(base.state.notes) }, kept.rows)];
  let rows = kept.rows;
  let [firstTime, lastTime] = [base !== null && kept.rows > 0 ? (base.state.firstTime ?? Number.NaN) : Number.NaN, Number.NaN];
  for await (const window of mergeSources([...tail, ...inputs.flatMap(({ sources }) => sources)], {
    windowRows: size,
    ...signalOf(options),
  })) {
    const from = rows;
    if (from % size !== 0) throw new TypeError('only the last window may be shorter than a segment');
    await segment(from, window.rows, window.origins, (task) => window.values(task.column, task.from - from, task.count));
    if (from === 0) firstTime = window.times[0] ?? Number.NaN;
    lastTime = window.times.at(-1) ?? lastTime;
    rows += window.rows;
  }
  return {
    rows,
    firstTime,
    lastTime: rows === kept.rows && base !== null ? (base.state.lastTime ?? lastTime) : lastTime,
    chunks: count,
    copied,
    arrayOf,
  };
}

async function writeCoordinate(
  column: ColumnPlan,
  array: ZarrArray,
  root: string,
  put: (key: string, bytes: Uint8Array) => Promise<unknown>,
): Promise<readonly ChunkRecord[]> {
  const records: ChunkRecord[] = [];
  for await (const { key, bytes, record } of encodeRows({ get: async () => null }, withLength(array, 0), {
    from: 0,
    values: coordinateOf(column),
  })) {
    await put(`${root}/${key}`, bytes);
    records.push(record);
  }
  return records;
}

function counting(objects: ObjectStore, options: ChangeOptions) {
  let total = 0;
  const put = async (key: string, bytes: Uint8Array): Promise<void> => {
    await objects.put(key, bytes, options);
    total += bytes.byteLength;
  };
  return { chunk: put, record: put, bytes: () => total };
}
