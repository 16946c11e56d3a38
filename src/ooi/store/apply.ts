import { Failure, isFailure } from '../../errors.ts';
import type { WriteOptions } from '../../stores/objects/contract.ts';
import { atOnce } from './at-once.ts';
import type { ChangeOptions } from './contract.ts';
import { storeChanged } from './failures.ts';
import type { Room } from './generation.ts';
import { type Intent, intentKey, readIntent, type StagedChunk, sha256Of, stagingFolder, type WrittenText } from './intent.ts';
import { stateKey } from './state.ts';

const AT_ONCE = 6;

/**
 * Does what an intent says, from the beginning, whatever of it has been done: chunks, then documents, then `.zmetadata`, then the record.
 * Where rows move, `.zmetadata` is cut first to what stays in its place.
 *
 * @param copy prefix of the published copy of the same group, which is changed along; null: there is none
 * @returns false when the intent was made from a state that is there no more, or what lay ready for it is damaged: it is dropped, nothing was done
 * @throws {Failure} `store_changed` (replan): another has changed what it replaces; `damaged_change` (stop): what lay ready is damaged, and a part
 *   of it is done
 */
export async function applyIntent(room: Room, intent: Intent, copy: string | null, options: ChangeOptions): Promise<boolean> {
  const { objects, places } = room;
  const record = places.record(intent.generation);
  const state = await objects.version(stateKey(record), options);
  const isDone = state !== null && (await holds(room, stateKey(record), intent.state.sha256, options));
  if (!isDone && state !== intent.replacesState) {
    await dropIntent(room, intent, options);
    return false;
  }
  if (!isDone) {
    if (!(await isReady(room, intent, options))) {
      await dropIntent(room, intent, options);
      return false;
    }
    await changeGroup(room, intent, options);
    if (copy !== null) await changeCopy(room, intent, copy, options);
    await atOnce(AT_ONCE, intent.records, (text) => putText(room, text, options));
    await putText(room, intent.state, options);
  }
  await dropIntent(room, intent, options);
  return true;
}

/**
 * Whether what lies ready on a disk is what was written there; a bucket's is looked at as it is put. False: it is not, and nothing was done yet.
 * @throws {Failure} `damaged_change` (stop)
 */
async function isReady(
  { objects, disk, places }: Room,
  { root, cut, chunks, publishes, generation }: Intent,
  options: WriteOptions,
): Promise<boolean> {
  if (disk === null) return true;
  let [isDamaged, isBegun] = [false, false];
  await atOnce(AT_ONCE, chunks, async (chunk) => {
    const found = await objects.version(`${root}/${chunk.key}`, options);
    isBegun ||= found !== chunk.replaces; // also what was damaged since: it may share its bytes with what lies ready
    if (found !== chunk.sha256 && (await objects.version(chunk.staged, options)) !== chunk.sha256) isDamaged = true;
  });
  if (!isDamaged) return true;
  const metadata = await objects.version(`${root}/${publishes.key}`, options);
  isBegun ||= cut !== null && metadata === cut.sha256;
  if (!isBegun) return false;
  throw new Failure({
    kind: 'stop',
    code: 'damaged_change',
    happened: `A change of generation ${generation} was cut short, and what lay ready for the rest of it is damaged or gone`,
    remedy: `Look at the disk, then roll back to the generation before; where there is none, remove ${intentKey(places.record(generation))} and refresh the flow`,
  });
}

/**
 * What lay ready goes first, that of earlier attempts too: while the intent stands nobody else can begin. An attempt that was taken for dead may
 * come here when another has ended the change and begun the next, whose chunks and intent it must leave alone: it lists before it looks.
 */
async function dropIntent({ objects, places }: Room, { generation, folder }: Intent, options: WriteOptions): Promise<void> {
  const record = places.record(generation);
  const stands = async (): Promise<boolean> => (await readIntent(objects, record, options))?.folder === folder;
  const ready = await Array.fromAsync(objects.list(`${stagingFolder(record)}/`), ({ key }) => key);
  if (!(await stands())) return;
  await atOnce(AT_ONCE, ready, (key) => objects.delete(key, options));
  if (await stands()) await objects.delete(intentKey(record), options);
}

async function changeGroup(room: Room, intent: Intent, options: ChangeOptions): Promise<void> {
  const { root, cut, chunks, documents, publishes } = intent;
  const metadata = `${root}/${publishes.key}`;
  if (await isPublished(room, metadata, intent, options)) return;
  if (cut !== null) await replaceMetadata(room, metadata, cut, [publishes.replaces, cut.sha256], options);
  let done = 0;
  await atOnce(AT_ONCE, chunks, async (chunk) => {
    await putChunk(room, `${root}/${chunk.key}`, chunk, options);
    options.onProgress?.({ phase: 'applying', done: ++done, total: chunks.length });
  });
  await atOnce(AT_ONCE, documents, (text) => putText(room, { ...text, key: `${root}/${text.key}` }, options));
  await replaceMetadata(room, metadata, publishes, [publishes.replaces, cut?.sha256 ?? null], options);
}

/** Whether all before `.zmetadata` is done. Where rows are only corrected it stays what it was, and tells nothing. */
const isPublished = async (room: Room, key: string, { publishes }: Intent, options: WriteOptions): Promise<boolean> =>
  publishes.replaces !== publishes.sha256 && (await holds(room, key, publishes.sha256, options));

/** `.zmetadata` is known by its digest: it changes twice. */
async function replaceMetadata(
  room: Room,
  key: string,
  { text, sha256 }: WrittenText,
  known: readonly (string | null)[],
  options: WriteOptions,
): Promise<void> {
  const found = await room.objects.get(key, options);
  const foundDigest = found === null ? null : sha256Of(found.bytes);
  if (foundDigest === sha256) return;
  if (!known.includes(foundDigest)) throw storeChanged(key, 'it is neither what was there nor what it becomes');
  const condition = found === null ? 'absent' : { version: found.version };
  await room.objects.put(key, Buffer.from(text), { ...options, ...(room.disk === null ? { condition } : {}) });
}

/** The published copy follows the generation; its keys are changed by nobody else, and by server copies. */
async function changeCopy(room: Room, intent: Intent, copy: string, options: ChangeOptions): Promise<void> {
  const { objects } = room;
  const { root, cut, chunks, documents, publishes } = intent;
  const metadata = `${copy}/${publishes.key}`;
  if (await isPublished(room, metadata, intent, options)) return;
  if (cut !== null) await objects.put(metadata, Buffer.from(cut.text), options);
  for (const keys of [chunks.map(({ key }) => key), documents.map(({ key }) => key)]) {
    await atOnce(AT_ONCE, keys, (key) => objects.copy(`${root}/${key}`, `${copy}/${key}`, options));
  }
  await objects.put(metadata, Buffer.from(publishes.text), options);
}

async function putChunk(room: Room, key: string, chunk: StagedChunk, options: WriteOptions): Promise<void> {
  const { objects, disk } = room;
  if (disk === null) return putUnder(room, key, chunk, await stagedBytes(room, chunk, options), options);
  const found = await objects.version(key, options); // on disk the digest
  if (found === chunk.sha256) return;
  if (found !== chunk.replaces) throw storeChanged(key, 'it is neither what was there nor what it becomes');
  await objects.copy(chunk.staged, key, options);
}

async function stagedBytes({ objects }: Room, { staged, sha256 }: StagedChunk, options: WriteOptions): Promise<Uint8Array> {
  const found = await objects.get(staged, options);
  if (found !== null && sha256Of(found.bytes) === sha256) return found.bytes;
  throw storeChanged(staged, 'what lay ready is not there any more');
}

async function putText(room: Room, text: WrittenText, options: WriteOptions): Promise<void> {
  const bytes = Buffer.from(text.text);
  if (room.disk === null) return putUnder(room, text.key, text, bytes, options);
  const found = await room.objects.version(text.key, options);
  if (found === text.sha256) return;
  if (found !== text.replaces) throw storeChanged(text.key, 'it is neither what was there nor what it becomes');
  await room.objects.put(text.key, bytes, options);
}

/** Under the condition that it replaces what was seen; what an earlier attempt has written already is as good. */
async function putUnder(
  room: Room,
  key: string,
  { replaces, sha256 }: Pick<StagedChunk, 'replaces' | 'sha256'>,
  bytes: Uint8Array,
  options: WriteOptions,
): Promise<void> {
  try {
    await room.objects.put(key, bytes, { ...options, condition: replaces === null ? 'absent' : { version: replaces } });
  } catch (error) {
    if (!isFailure(error, 'condition_failed')) throw error;
    if (!(await holds(room, key, sha256, options))) throw storeChanged(key, 'it is neither what was there nor what it becomes');
  }
}

async function holds({ objects, disk }: Room, key: string, sha256: string, options: WriteOptions): Promise<boolean> {
  if (disk !== null) return (await objects.version(key, options)) === sha256;
  const found = await objects.get(key, options);
  return found !== null && sha256Of(found.bytes) === sha256;
}
