import { Failure } from '../../errors.ts';
import type { ByteRange, Condition } from './contract.ts';

/** Failures that all stores have in common. `place` and `key` name what it happened to. */
export interface On {
  readonly place: string;
  readonly key: string;
}

export const conditionFailed = ({ place, key }: On, condition: Condition): Failure =>
  new Failure({
    kind: 'replan',
    code: 'condition_failed',
    happened: `${key} in ${place} was not written: another has changed it`,
    expected: condition === 'absent' ? 'that there is no such object yet' : 'the version that was read before',
    remedy: 'Read it again and decide anew',
  });

export const noSuchObject = ({ place, key }: On): Failure =>
  new Failure({ kind: 'replan', code: 'no_such_object', happened: `There is no ${key} in ${place}` });

export const keyIsFolder = ({ place, key }: On): Failure =>
  new Failure({
    kind: 'stop',
    code: 'key_is_folder',
    happened: `${key} cannot be written in ${place}: it, or a part of it, is an object there and would have to be a folder, or the other way round`,
    expected: 'names of which none is the folder of another',
  });

/** `again`: what was cut on its way may come whole next time. */
export const cut = ({ place, key }: On, gotBytes: number, wantedBytes: number): Failure =>
  new Failure({
    kind: 'again',
    code: 'short_read',
    happened: `${key} in ${place} was cut after ${gotBytes} bytes`,
    expected: `${wantedBytes} bytes`,
  });

/** `replan`: the object is not the one that the asker knew. */
export const beyondEnd = ({ place, key }: On, { offset, length }: ByteRange): Failure =>
  new Failure({
    kind: 'replan',
    code: 'short_read',
    happened: `${key} in ${place} ends before byte ${offset + length}`,
    expected: `${length} bytes from byte ${offset} on`,
  });

export const tooLarge = ({ place, key }: On, sizeBytes: number, limitBytes: number): Failure =>
  new Failure({
    kind: 'stop',
    code: 'object_too_large',
    happened: `${key} in ${place} has ${sizeBytes} bytes`,
    expected: `at most ${limitBytes}`,
    remedy: 'Read it in ranges',
  });

/** @throws {Failure} `bad_range` (stop) */
export function checkRange({ place, key }: On, { offset, length }: ByteRange): void {
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 1) return;
  throw new Failure({
    kind: 'stop',
    code: 'bad_range',
    happened: `Bytes ${offset} to ${offset + length} of ${key} in ${place} were asked for`,
    expected: 'an offset of 0 or more and a length of 1 or more',
  });
}
