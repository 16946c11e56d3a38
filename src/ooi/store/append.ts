import { randomUUID } from 'node:crypto';
import { Failure, isFailure } from '../../errors.ts';
import { chunkRowsOf } from '../../formats/zarr/grid.ts';
import { consolidatedDocument } from '../../formats/zarr/group.ts';
import { formatCount, formatItems } from '../../observe/counts.ts';
import type { SeriesInput } from '../series.ts';
import { rowsThatStay, SHIFT_CHUNKS, type Staged, shiftedChunks, stageChunks, touchedChunks, withTrials } from './append-chunks.ts';
import { type Form, formWith } from './append-form.ts';
import { changedDocuments, changedSegments, cutGroup } from './append-records.ts';
import { APPEND_ROWS, type MergedRows, mergedRows } from './append-rows.ts';
import { applyIntent } from './apply.ts';
import { changedRows } from './changed-rows.ts';
import type { AppendOutcome, ChangeOptions, Generation, RequestOutcome } from './contract.ts';
import { publishedGroup } from './documents.ts';
import { storeChanged } from './failures.ts';
import type { Room } from './generation.ts';
import { type Intent, intentBytes, intentKey, stagingFolder, type WrittenText, writtenText } from './intent.ts';
import { consumedRequest, outcomeAfter, readRequest, requestBytes, requestKey } from './requests.ts';
import { joinNotes, planOf } from './rules.ts';
import { type GenerationState, stateBytes, stateKey } from './state.ts';
import { storedSource } from './stored-source.ts';
import { assertSamePacking } from './take-over.ts';
import { takeOver } from './take-over-chunks.ts';
import { assertAscending } from './validate.ts';

/**
 * Adds the rows of a request to a generation: at its end, between rows and in the place of rows, as their ranks say.
 *
 * Nothing changes before the intent is written; from then on whoever finds it brings it to its end.
 *
 * @param copy prefix of the published copy of the generation; null: there is none
 * @throws {Failure} `store_changed`, `condition_failed` (replan); `doubled_store`, `torn_store`, `unsupported_store` (stop)
 */
export async function appendTo(
  room: Room,
  generation: Generation,
  input: SeriesInput,
  copy: string | null,
  options: ChangeOptions,
): Promise<AppendOutcome> {
  const { state, group, chunks, segments, id } = generation;
  const planned = room.maximum === undefined ? {} : { maximum: room.maximum };
  const before = planOf(state.notes, planned);
  const notes = joinNotes(state.notes, input.notes);
  const plan = planOf(notes, planned);
  const earlier = (await readRequest(room.objects, room.places.record(id), input.request.id))?.outcome ?? null;
  const stands: AppendOutcome = {
    state: 'unchanged',
    why: null,
    generation: id,
    rows: state.length,
    firstTime: state.firstTime ?? 0,
    lastTime: state.lastTime ?? 0,
    added: 0,
    corrected: 0,
    inserted: 0,
    chunks: 0,
    bytesWritten: 0,
    earlier,
  };
  const needsGeneration = (why: string): AppendOutcome => ({ ...stands, state: 'needs_generation', why });

  assertSamePacking(generation, input.notes);
  const form = formWith(generation, notes, plan, before, room.codec);
  if (typeof form === 'string') return needsGeneration(form);
  if (!generation.isRecorded) {
    await assertAscending(generation, options);
    return appendTo(room, await takeOver(room, generation, options), input, copy, options);
  }
  options.onProgress?.({ phase: 'merging', done: 0, total: null });
  const stored = (from: number) => storedSource({ group, chunks, segments, plan: before }, from);
  const merged = await mergedRows(generation, stored, input, options);
  if (merged === null) return needsGeneration(`more than ${formatCount(APPEND_ROWS)} rows are touched`);
  const shifted = shiftedChunks(form, merged);
  if (shifted > SHIFT_CHUNKS)
    return needsGeneration(`rows move through ${formatItems(shifted, 'chunk')} of an array; up to ${SHIFT_CHUNKS} are rewritten in place`);

  const changed = await changedRows(
    plan.columns.filter(({ isOnTime }) => isOnTime),
    stored(0),
    merged,
    ({ name }) => {
      const array = form.arrays.get(name);
      return array === undefined ? 1 : chunkRowsOf(array);
    },
  );
  const counts = { added: merged.added, inserted: merged.inserted, corrected: changed.corrected };
  const did = outcomeAfter(earlier, counts);
  const work = { room, generation, input, options, merged, copy, did };
  const { intent, written } = await prepared(work, await withTrials(form, merged), (settled) => touchedChunks(settled, merged, changed));
  const isNew = counts.added + counts.inserted + counts.corrected > 0 || intent.chunks.length > 0;
  const { length: rows, firstTime, lastTime } = written;
  const outcome: AppendOutcome = {
    ...stands,
    ...counts,
    state: isNew ? 'appended' : 'unchanged',
    rows,
    firstTime: firstTime ?? 0,
    lastTime: lastTime ?? 0,
  };
  if (!isNew && intent.documents.length === 0 && intent.records.length === 0) return outcome;

  const bytes = intentBytes(intent);
  await commit(room, intent, bytes, options);
  if (!(await applyIntent(room, intent, copy, options))) throw storeChanged(id, 'another writer ended a change of it meanwhile');
  return { ...outcome, chunks: intent.chunks.length, bytesWritten: bytesOf(intent) + bytes.byteLength };
}

interface Work {
  readonly room: Room;
  readonly generation: Generation;
  readonly input: SeriesInput;
  readonly merged: MergedRows;
  readonly copy: string | null;
  readonly options: ChangeOptions;
  readonly did: RequestOutcome;
}

/** The whole change, its chunks ready beside the store. */
async function prepared(
  { room, generation, input, merged, options, did }: Work,
  form: Form,
  touched: (form: Form) => Parameters<typeof stageChunks>[0],
): Promise<{ readonly intent: Intent; readonly written: GenerationState }> {
  const { objects, places, now } = room;
  const { id, root, group, state } = generation;
  const record = places.record(id);
  const folder = `${stagingFolder(record)}/${randomUUID()}`;
  const replacesState = await objects.version(stateKey(record), options);
  const staged: Staged = await stageChunks(touched(form), form, merged, { room, root, folder, options });

  const arrayOf = (name: string) => {
    const array = form.arrays.get(name);
    if (array === undefined) throw new TypeError(`no array is planned for ${name}`);
    return array;
  };
  const firstTime = (merged.from === 0 ? merged.newTimes[0] : null) ?? state.firstTime ?? 0;
  const lastTime = merged.newTimes.at(-1) ?? state.lastTime ?? 0;
  const after = publishedGroup(form.plan, arrayOf, { rows: merged.newRows, firstTime, lastTime }, form.others);
  const isOnTime = new Set(form.plan.columns.filter((column) => column.isOnTime).map(({ name }) => name));
  const moves = merged.firstShift < merged.oldRows;
  const cut = moves ? consolidatedDocument(cutGroup(group, (name) => isOnTime.has(name), rowsThatStay(form, merged))) : null;

  const text = (key: string, bytes: Uint8Array, full = key) => textOver(room, key, bytes, full, options);
  const documents = await Promise.all(changedDocuments(group, after).map(({ key, bytes }) => text(key, bytes, `${root}/${key}`)));
  const published = consolidatedDocument(after);
  const found = await objects.get(`${root}/${published.key}`, options);
  const publishes = writtenText(published.key, published.bytes, found === null ? null : writtenText('', found.bytes, null).sha256);
  const request = consumedRequest(input, did);
  const records = [
    ...(await changedSegments(generation, record, merged, staged.records)),
    { key: requestKey(record, request.id), bytes: requestBytes(request) },
  ];
  const texts = await Promise.all(records.map(({ key, bytes }) => text(key, bytes)));
  const written: GenerationState = {
    ...state,
    length: merged.newRows,
    firstTime,
    lastTime,
    notes: form.notes,
    changedAt: now().toISOString(),
  };
  const intent: Intent = {
    format: 1,
    generation: id,
    root,
    says: `request ${request.id} of ${request.requestedAt}: ${formatItems(merged.added, 'row')} behind, ${formatCount(merged.inserted)} between`,
    replacesState,
    folder,
    cut: cut === null ? null : writtenText(cut.key, cut.bytes, publishes.replaces),
    chunks: staged.chunks,
    documents: documents.flatMap((one) => one ?? []),
    publishes,
    records: texts.flatMap((one) => one ?? []),
    state: writtenText(stateKey(record), stateBytes(written), replacesState),
  };
  return { intent, written };
}

/** Null: the same is there already. */
async function textOver(
  { objects }: Room,
  key: string,
  bytes: Uint8Array,
  full: string,
  options: ChangeOptions,
): Promise<WrittenText | null> {
  const found = await objects.get(full, options);
  return found !== null && Buffer.compare(found.bytes, bytes) === 0 ? null : writtenText(key, bytes, found?.version ?? null);
}

/** From here on the change will be made. */
async function commit({ objects, places }: Room, intent: Intent, bytes: Uint8Array, options: ChangeOptions): Promise<void> {
  options.signal?.throwIfAborted();
  try {
    await objects.put(intentKey(places.record(intent.generation)), bytes, { ...options, condition: 'absent' });
  } catch (error) {
    if (!isFailure(error, 'condition_failed')) throw error;
    throw new Failure({
      kind: 'replan',
      code: 'store_changed',
      happened: `Another writer began to change generation ${intent.generation} in the same moment`,
      remedy: 'Begin again from what is there when it has ended',
      cause: error,
    });
  }
}

const bytesOf = ({ cut, chunks, documents, publishes, records, state }: Intent): number =>
  [...chunks, ...documents, publishes, ...records, state, ...(cut === null ? [] : [cut])].reduce((sum, { length }) => sum + length, 0);
