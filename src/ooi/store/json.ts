import { isJsonObject, type JsonObject } from '../../formats/zarr/json.ts';

/** A record of ours as JSON: interfaces hold nothing else, which the compiler cannot see. */
export function asJson(record: object): JsonObject {
  if (isJsonObject(record)) return record;
  throw new TypeError('a record is an object');
}
