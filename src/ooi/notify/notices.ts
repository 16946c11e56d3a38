import type { Collection } from 'mongodb';
import { codeOf, type Database, isDuplicateKey, mongoFailure } from '../../stores/mongo.ts';

/** Which messages went out, so that none goes twice. */
export interface Notices {
  /** True for one caller only. */
  claim(incident: string, channel: string, at: Date): Promise<boolean>;
  /** It did not go out, for certain: the next one may try again. */
  release(incident: string, channel: string): Promise<void>;
}

interface Notice {
  readonly _id: string;
  readonly at: Date;
}

export const NOTICES = 'ooiNotices';

/** In the book-keeping database: collection `ooiNotices`. */
export function storedNotices({ book }: Database): Notices {
  const notices: Collection<Notice> = book.collection(NOTICES);
  const idOf = (incident: string, channel: string): string => `${incident}/${channel}`;
  return {
    async claim(incident, channel, at) {
      try {
        await notices.insertOne({ _id: idOf(incident, channel), at });
        return true;
      } catch (error) {
        if (isDuplicateKey(codeOf(error))) return false;
        throw mongoFailure(error, 'writing down a message');
      }
    },
    async release(incident, channel) {
      try {
        await notices.deleteOne({ _id: idOf(incident, channel) });
      } catch (error) {
        throw mongoFailure(error, 'taking back a message');
      }
    },
  };
}
