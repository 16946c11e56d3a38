import { errnoOf, Failure, isFailure } from '../../errors.ts';
import { keyIsFolder, type On } from './failures.ts';

/** A full disk is rarely emptied within a minute. */
const FULL_RETRY_MS = 60_000;

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
const REFUSED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);
const SHAPE: ReadonlySet<string> = new Set(['EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST']);

/** Sorts an error of the file system into the three kinds; anything else is passed on as it is. */
export function diskFailure(error: unknown, doing: string, on: On): unknown {
  const errno = errnoOf(error);
  if (isFailure(error) || errno === undefined || !/^E[A-Z0-9]+$/.test(errno)) return error;
  const what = `${doing} ${on.key} in ${on.place}`;
  if (SHAPE.has(errno)) return keyIsFolder(on);
  if (FULL.has(errno)) {
    return new Failure({
      kind: 'again',
      code: 'store_full',
      happened: `There was no room for ${what} (${errno})`,
      remedy: 'Make room on that disk; the work goes on by itself',
      retryAfterMs: FULL_RETRY_MS,
      cause: error,
    });
  }
  if (REFUSED.has(errno)) {
    return new Failure({
      kind: 'stop',
      code: 'store_refused',
      happened: `This user may not do that: ${what} (${errno})`,
      remedy: "Correct the folder's owner or mode, or name another folder",
      cause: error,
    });
  }
  if (errno === 'ELOOP') return linkInTheWay(on);
  return new Failure({ kind: 'again', code: 'store_error', happened: `The disk failed while ${what} (${errno})`, cause: error });
}

export const linkInTheWay = ({ place, key }: On): Failure =>
  new Failure({
    kind: 'stop',
    code: 'link_in_the_way',
    happened: `${key} in ${place} is a symbolic link or lies behind one, and may lead anywhere`,
    expected: 'files and folders',
    remedy: 'Open the store at the folder that the link leads to',
  });
