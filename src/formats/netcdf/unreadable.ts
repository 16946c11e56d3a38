import { Failure } from '../../errors.ts';
import { shownText } from './text.ts';

export interface Defect {
  readonly path: string;
  /** What is wrong, as the end of the sentence "<path> cannot be read as NetCDF: …". */
  readonly what: string;
  /** Where in the file, in bytes from its start; unknown inside HDF5 files. */
  readonly offset?: number;
  readonly expected?: string;
  readonly cause?: unknown;
}

/** The one failure of this room: the bytes are not what a NetCDF file of this path should hold. */
export function unreadable({ path, what, offset, expected, cause }: Defect): Failure {
  return new Failure({
    kind: 'stop',
    code: 'unreadable_file',
    happened: `${path} cannot be read as NetCDF: ${shownText(what)}${offset === undefined ? '' : ` at byte ${offset}`}`,
    ...(expected === undefined ? {} : { expected }),
    remedy: 'Fetch the file again; if it stays like this, report it to its publisher',
    ...(cause === undefined ? {} : { cause }),
  });
}
