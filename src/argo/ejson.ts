/**
 * A document as one line of relaxed Extended JSON (v2): dates as `{"$date":"…Z"}`, non-finite numbers as `{"$numberDouble":"Infinity"}`,
 * every other number plain.
 */
export const toExtendedJson = (value: unknown): string => JSON.stringify(value, extended);

/** `JSON.stringify` has already turned a date into text when it asks, so the holder is looked at instead. */
function extended(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { $numberDouble: String(value) };
  if (typeof value !== 'string' || typeof this !== 'object' || this === null) return value;
  const held: unknown = Reflect.get(this, key);
  return held instanceof Date ? { $date: held.toISOString() } : value;
}
