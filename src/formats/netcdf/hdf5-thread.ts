/** A worker thread with the HDF5 library in it. It does one task at a time and is thrown away after the first diagnostic. */

import { parentPort, workerData } from 'node:worker_threads';
import { Hdf5Defect, type Hdf5Handle, type Hdf5Library, loadHdf5, openHdf5, summarize } from './hdf5-library.ts';
import type { Hdf5Task, ThreadReply, ThreadRequest } from './hdf5-messages.ts';
import { readDataset } from './hdf5-read.ts';
import { takeSnapshot } from './hdf5-snapshot.ts';

const port = parentPort;
if (port === null) throw new Error('hdf5-thread.ts runs as a worker thread only; use createHdf5Pool.');

const library = await loadHdf5(Number(workerData.memoryBytes));
const open = new Map<number, Hdf5Handle>();

port.on('message', (request: ThreadRequest) => {
  const reply = attempt(library, request);
  const buffers =
    reply.kind === 'values' ? reply.values.flatMap((values) => (values !== null && 'buffer' in values ? [values.buffer] : [])) : [];
  port.postMessage(
    reply,
    buffers.filter((buffer) => buffer instanceof ArrayBuffer),
  );
});
port.postMessage({ kind: 'ready' } satisfies ThreadReply);

function attempt(hdf5: Hdf5Library, request: ThreadRequest): ThreadReply {
  let thrown: unknown;
  let reply: ThreadReply | undefined;
  try {
    for (const file of request.close) close(file);
    reply = perform(hdf5, handleOf(hdf5, request), request.task);
  } catch (error) {
    thrown = error;
  }
  const said = hdf5.takeDiagnostics();
  if (said.length > 0) return { kind: 'defect', what: summarize(said) };
  if (reply !== undefined) return reply;
  return { kind: 'defect', what: thrown instanceof Error ? thrown.message : String(thrown) };
}

function close(file: number): void {
  open.get(file)?.close();
  open.delete(file);
}

function handleOf(hdf5: Hdf5Library, { file, source }: ThreadRequest): Hdf5Handle | undefined {
  if (source !== undefined) open.set(file, openHdf5(hdf5, source));
  return open.get(file);
}

function perform(hdf5: Hdf5Library, handle: Hdf5Handle | undefined, task: Hdf5Task): ThreadReply {
  if (handle === undefined) throw new Hdf5Defect('no file is open in the HDF5 thread');
  if (task.kind === 'snapshot') return { kind: 'snapshot', snapshot: takeSnapshot(hdf5, handle.id, task.bounds) };
  const allowance = { left: task.readBytes };
  return { kind: 'values', values: task.reads.map((read) => readDataset(hdf5, handle, read, allowance)) };
}
