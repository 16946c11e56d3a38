import { BSON, MongoBulkWriteError } from 'mongodb';
import { isDuplicateKey, isRefusedDocument, mongoFailure } from '../stores/mongo.ts';

/** A document the database refused for what is in it. */
export interface RefusedDocument {
  readonly id: string;
  readonly message: string;
}

export interface WriteFailure extends RefusedDocument {
  readonly isDuplicate: boolean;
}

export interface BulkOptions {
  /**
   * Earlier attempts failed for reasons no rule knows. Single documents that fail beside others that were written are then taken for refused,
   * so that one of them does not hold up the rest for ever.
   */
  readonly isPatienceOver: boolean;
}

/** Runs an unordered bulk write; answers the documents that were refused for what they are, throws everything else. */
export async function bulkWrite<T extends { readonly _id: string }>(
  doing: string,
  documents: readonly T[],
  write: (some: readonly T[]) => Promise<unknown>,
  options: BulkOptions,
): Promise<readonly WriteFailure[]> {
  if (documents.length === 0) return [];
  try {
    await write(documents);
    return [];
  } catch (error) {
    if (error instanceof MongoBulkWriteError) return failuresOf(error, doing, documents, options);
    // The driver gives up on a document that is too large before it sends any of the batch, each limit with another error.
    const large = documents.filter(isTooLarge);
    if (large.length === 0) throw mongoFailure(error, doing);
    const rest = documents.filter((document) => !large.includes(document));
    return [...large.map(tooLarge), ...(await bulkWrite(doing, rest, write, options))];
  }
}

function failuresOf(
  error: MongoBulkWriteError,
  doing: string,
  documents: readonly { readonly _id: string }[],
  { isPatienceOver }: BulkOptions,
): readonly WriteFailure[] {
  const failed = [error.writeErrors].flat();
  const unforeseen = failed.filter(({ code }) => !isRefusedDocument(code) && !isDuplicateKey(code)).length;
  const isAboutSome = isPatienceOver && unforeseen < documents.length;
  if (failed.length === 0 || (unforeseen > 0 && !isAboutSome)) throw mongoFailure(error, doing);
  return failed.map(({ index, code, errmsg }) => ({
    id: documents[index]?._id ?? '',
    message: errmsg ?? `code ${code}`,
    isDuplicate: isDuplicateKey(code),
  }));
}

/** MongoDB's limit on a document; the operation around it needs a little of that. */
const LARGEST_BYTES = 16 * 1024 * 1024 - 1024;

const isTooLarge = (document: object): boolean => BSON.calculateObjectSize(document) > LARGEST_BYTES;

const tooLarge = ({ _id }: { readonly _id: string }): WriteFailure => ({
  id: _id,
  message: 'it is larger than the 16 MB a document may have',
  isDuplicate: false,
});
