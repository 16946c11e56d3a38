import type { Json, JsonObject } from '../../formats/zarr/json.ts';

export const isText = (value: unknown): value is string => typeof value === 'string';

export const textAt = (attributes: JsonObject, name: string): string | null => {
  const value = attributes[name];
  return isText(value) ? value : null;
};

/** As `JSON.stringify` takes it: integers beyond a double's reach become the nearest one, as every other reader of JSON has them. */
export function plain(value: Json): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
