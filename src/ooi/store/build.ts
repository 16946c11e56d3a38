import { Failure, isFailure } from '../../errors.ts';
import { consolidatedDocument } from '../../formats/zarr/group.ts';
import type { SchemaNotes } from '../series.ts';
import type { AppendCounts, BuildInput, BuiltGeneration, ChangeOptions, Generation } from './contract.ts';
import { readCurrent } from './current.ts';
import { documentsOf, publishedGroup } from './documents.ts';
import { emptySeries } from './failures.ts';
import { liveId, openGeneration, type Room } from './generation.ts';
import { keptRows } from './keep-rows.ts';
import { ADOPTED } from './places.ts';
import { removeAll } from './remove.ts';
import { consumedRequest, readRequests, requestBytes, requestKey } from './requests.ts';
import { joinNotes, planOf } from './rules.ts';
import { nextSegmentRows } from './segment-rows.ts';
import { type GenerationState, readState, stateBytes, stateKey } from './state.ts';
import { assertSamePacking, assertTakenOver } from './take-over.ts';
import { validateGeneration } from './validate.ts';
import { counting, writeSeries } from './write-series.ts';

/**
 * Builds a generation beside the live one, from requests and, where one is given, from an older generation whose rows and chunks it takes
 * over. Killed at any moment and begun anew it ends in the same bytes.
 *
 * @throws {Failure} `empty_series`, `generation_exists`, `damaged_generation` (stop), `invalid_generation` (again)
 */
export async function buildGeneration(
  room: Room,
  { id, inputs, why }: BuildInput,
  base: Generation | null,
  options: ChangeOptions,
): Promise<BuiltGeneration> {
  const { objects, places, now, maximum } = room;
  const [root, record] = [places.group(id), places.record(id)];
  const done = await alreadyBuilt(room, { id, inputs }, base, options);
  if (done !== null) return done;

  const notes = inputs.reduce((all: SchemaNotes, input) => joinNotes(all, input.notes), base?.state.notes ?? NO_NOTES);
  const plan = planOf(notes, maximum === undefined ? {} : { maximum });
  if (base !== null) {
    for (const input of inputs) assertSamePacking(base, input.notes);
    await assertTakenOver(base, plan, options);
  }
  const isAdopted = base === null || base.id === ADOPTED;
  const segmentRows = isAdopted ? await nextSegmentRows(room, signalOf(options)) : base.state.segmentRows;
  const madeAt = now().toISOString();
  const building: GenerationState = {
    format: 1,
    generation: id,
    status: 'building',
    root,
    length: 0,
    segmentRows,
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
  await put.put(stateKey(record), stateBytes(building));

  const kept = await keptRows(room, base, plan, inputs, root, segmentRows);
  const work = { room, plan, kept, root, record, put, options };
  const written = await writeSeries(work, inputs, base);
  if (written.rows === 0) throw emptySeries(id);

  const { added, corrected, inserted } = written;
  const outcome = inputs.length === 1 ? { added, corrected, inserted, why: why ?? null } : null;
  const before = base === null ? [] : await readRequests(objects, places.record(base.id));
  for (const request of [...before, ...inputs.map((input) => consumedRequest(input, outcome))]) {
    await put.put(requestKey(record, request.id), requestBytes(request));
  }
  const group = publishedGroup(plan, written.arrayOf, written);
  for (const { key, bytes } of [...documentsOf(group), consolidatedDocument(group)]) await put.put(`${root}/${key}`, bytes);
  const { rows, firstTime, lastTime } = written;
  await put.put(stateKey(record), stateBytes({ ...building, length: rows, firstTime, lastTime }));
  return finish(room, id, options, {
    chunks: written.chunks,
    copied: written.copied,
    bytesWritten: put.bytes(),
    added,
    corrected,
    inserted,
  });
}

const NO_NOTES: SchemaNotes = { variables: {}, attributes: {}, extent: {} };

/** Reads all of it back; only then it is complete. */
async function finish(
  room: Room,
  id: string,
  options: ChangeOptions,
  counts: Pick<BuiltGeneration, 'chunks' | 'copied' | 'bytesWritten' | keyof AppendCounts>,
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

/** Null: it was damaged since and nobody has ever seen it, so it is built anew. @throws {Failure} `damaged_generation` (stop) */
async function stillWhole(room: Room, id: string, options: ChangeOptions, counts: AppendCounts): Promise<BuiltGeneration | null> {
  try {
    return await finish(room, id, options, { chunks: 0, copied: 0, bytesWritten: 0, ...counts });
  } catch (cause) {
    if (!isFailure(cause, 'invalid_generation', 'unreadable_record')) throw cause;
    if (!(await wasPublished(room, id, options))) return null;
    throw new Failure({
      kind: 'stop',
      code: 'damaged_generation',
      happened: `Generation ${id} was published once and is damaged now, so it is not built over: ${cause.message}`,
      remedy: 'Refresh the flow with force: that asks for the series anew, and builds it under a name of its own',
      cause,
    });
  }
}

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
  const requests = new Map((await readRequests(room.objects, record)).map((request) => [request.id, request]));
  const { grownFrom: was } = found.state;
  const isSame =
    was?.generation === base?.id && was?.changedAt === base?.state.changedAt && inputs.every(({ request }) => requests.has(request.id));
  const [only] = inputs.length === 1 ? inputs : [];
  const { added = 0, corrected = 0, inserted = 0 } = requests.get(only?.request.id ?? '')?.outcome ?? {};
  if (isSame) return await stillWhole(room, id, options, { added, corrected, inserted });
  // A writer that was killed grew it from what was live then, and nobody has ever seen it.
  if (base !== null && !(await wasPublished(room, id, options))) return null;
  throw new Failure({
    kind: 'stop',
    code: 'generation_exists',
    happened: `Generation ${id} is there already, and was made of other requests`,
    remedy: 'Build it under another name',
  });
}

async function wasPublished(room: Room, id: string, options: ChangeOptions): Promise<boolean> {
  const current = await readCurrent(room.objects, room.places, options);
  return (await liveId(room, options)) === id || current?.record.before.some(({ generation }) => generation === id) === true;
}
