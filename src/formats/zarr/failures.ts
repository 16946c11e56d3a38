import { Failure } from '../../errors.ts';

const REFRESH = 'Refresh the flow: that builds a new store in a form that Landfall reads and writes';

/** `unreadable_store`: metadata that is broken or could not be meant. */
export const unreadableStore = (key: string, what: string, expected?: string, cause?: unknown): Failure =>
  new Failure({
    kind: 'stop',
    code: 'unreadable_store',
    happened: `${key} cannot be read as Zarr metadata: ${what}`,
    ...(expected === undefined ? {} : { expected }),
    remedy: 'Mend the store, roll back to its last generation, or refresh the flow',
    ...(cause === undefined ? {} : { cause }),
  });

/** `unsupported_store`: good Zarr, but of a form that is not read here. */
export const unsupportedStore = (key: string, what: string, expected?: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'unsupported_store',
    happened: `${key} is of a form that Landfall does not read: ${what}`,
    ...(expected === undefined ? {} : { expected }),
    remedy: REFRESH,
  });

/** `cannot_encode`: chunks of this form can be read, but not written so that they are what the metadata says. */
export const cannotEncode = (key: string, what: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'cannot_encode',
    happened: `${key} cannot be written: ${what}`,
    remedy: REFRESH,
  });

/** `damaged_chunk`: a chunk's bytes are not what was written, or do not decode to a chunk. */
export const damagedChunk = (key: string, what: string, cause?: unknown): Failure =>
  new Failure({
    kind: 'stop',
    code: 'damaged_chunk',
    happened: `The chunk ${key} is damaged: ${what}`,
    remedy: 'Roll back to the last generation or refresh the flow',
    ...(cause === undefined ? {} : { cause }),
  });

/** `missing_chunk`: a chunk that was written is not there; its values must not be taken for fill values. */
export const missingChunk = (key: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'missing_chunk',
    happened: `The chunk ${key} was written but is not in the store`,
    remedy: 'Roll back to the last generation or refresh the flow',
  });
