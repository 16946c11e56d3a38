import { isFailure } from '../../errors.ts';
import { chunkRowsOf } from '../../formats/zarr/grid.ts';
import type { Options } from '../../stores/objects/contract.ts';
import { OTHER_WINDOW_ROWS, WINDOW_ROWS } from '../series.ts';
import { openLive, type Room } from './generation.ts';

/** Rows of a segment, and of a chunk of one-dimensional arrays, of a generation that is to take the place of the live one. */
export async function nextSegmentRows(room: Room, options: Options): Promise<number> {
  if (room.windowRows !== undefined) return room.windowRows;
  return (await liveChunkRows(room, options)) === WINDOW_ROWS ? OTHER_WINDOW_ROWS : WINDOW_ROWS;
}

/** Null: nothing is live, or nobody can open it, which building another is the way out of. */
async function liveChunkRows(room: Room, options: Options): Promise<number | null> {
  try {
    const time = (await openLive(room, options))?.group.arrays.get('time');
    return time === undefined ? null : chunkRowsOf(time);
  } catch (error) {
    if (isFailure(error) && error.kind === 'stop') return null;
    throw error;
  }
}
