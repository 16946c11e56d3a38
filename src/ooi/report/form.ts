import { dimensionsOf, type ZarrArray } from '../../formats/zarr/array.ts';
import { fillJson } from '../../formats/zarr/fill.ts';
import type { Json, JsonObject } from '../../formats/zarr/json.ts';

/** Something of a store's form that is not what it was; null: it is not there. Texts as people read them. */
export interface FormChange {
  /** `type`, `fill`, `dimensions`, `row shape`, or `attribute <name>`. */
  readonly what: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** Attributes that are different after every conversion. */
const MOVING = new Set(['date_downloaded', 'date_processed', 'time_coverage_start', 'time_coverage_end', 'date_modified', 'date_created']);

/** The length along time, chunks and codecs are no part of an array's form: readers do not see them. */
export function formChanges(old: ZarrArray, fresh: ZarrArray): readonly FormChange[] {
  const parts: readonly (readonly [string, (array: ZarrArray) => string | null])[] = [
    ['type', ({ type }) => type.name],
    ['fill', ({ type, fill }) => (fill === null ? null : textOf(fillJson(type, fill)))],
    ['dimensions', (array) => dimensionsOf(array)?.join(', ') ?? null],
    ['row shape', ({ shape }) => (shape.length < 2 ? 'one value' : shape.slice(1).join(' × '))],
  ];
  const changes = parts.map(([what, of]) => ({ what, old: of(old), new: of(fresh) })).filter((change) => change.old !== change.new);
  return [...changes, ...attributeChanges(old.attributes, fresh.attributes)];
}

/** Attributes in byte order of their names; those that change with every conversion are left out. */
export function attributeChanges(old: JsonObject, fresh: JsonObject): readonly FormChange[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter(
    (name) => !MOVING.has(name) && name !== '_ARRAY_DIMENSIONS',
  );
  return names
    .sort()
    .map((name) => ({ what: `attribute ${name}`, old: shown(old[name]), new: shown(fresh[name]) }))
    .filter((change) => change.old !== change.new);
}

const LONGEST = 200;

const shown = (value: Json | undefined): string | null => (value === undefined ? null : textOf(value));

function textOf(value: Json): string {
  const text =
    typeof value === 'string' ? value : JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
