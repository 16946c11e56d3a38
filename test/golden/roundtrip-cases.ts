import { BSON } from 'mongodb';
import type { Finding } from '../../src/argo/verify/findings.ts';
import type { StoredPair } from '../../src/argo/verify/stored.ts';
import { type Golden, golden } from './argo-data.ts';

type Path = readonly (string | number)[];

type Tamper =
  | { readonly op: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly op: 'shift_ms'; readonly path: Path; readonly ms: number }
  | { readonly op: 'delete'; readonly path: Path }
  | { readonly op: 'remove_level'; readonly index: number }
  | { readonly op: 'add_level'; readonly values: readonly (number | null)[] };

export interface ExpectedFinding {
  readonly code: string;
  readonly file?: string;
  readonly key?: string;
  readonly pressure?: number;
}

export interface RoundtripCase {
  readonly name: string;
  readonly id: string;
  readonly tamper: readonly Tamper[];
  readonly expect: readonly ExpectedFinding[];
}

/** Tampered documents, and what must be found in each. */
export const readRoundtripCases = (): readonly RoundtripCase[] =>
  golden<{ readonly cases: readonly RoundtripCase[] }>('roundtrip_cases.json').cases;

/** The documents of a golden file as a database would give them back. */
export function storedPair({ argo, argoMeta }: Golden): { readonly argo: object; readonly argoMeta: object } {
  const now = { $date: '2026-01-02T03:04:05.678Z' };
  return BSON.EJSON.deserialize({ argo: { ...argo, date_updated_argovis: now }, argoMeta: { ...argoMeta } });
}

export function tampered(pair: ReturnType<typeof storedPair>, tamper: readonly Tamper[]): StoredPair {
  const copy = structuredClone(pair);
  for (const one of tamper) apply(copy, one);
  return { profile: { ...copy.argo }, metadata: { ...copy.argoMeta } };
}

function apply(pair: ReturnType<typeof storedPair>, tamper: Tamper): void {
  if (tamper.op === 'remove_level' || tamper.op === 'add_level') {
    const rows: unknown = Reflect.get(pair.argo, 'data');
    if (!Array.isArray(rows)) throw new Error('the document has no data');
    for (const [at, row] of rows.entries()) tamper.op === 'add_level' ? row.push(tamper.values[at]) : row.splice(tamper.index, 1);
    return;
  }
  const { holder, field } = placeOf(pair, tamper.path);
  const value: unknown = Reflect.get(holder, field);
  if (tamper.op === 'delete') Reflect.deleteProperty(holder, field);
  else if (tamper.op === 'set') Reflect.set(holder, field, tamper.value);
  else if (value instanceof Date) Reflect.set(holder, field, new Date(value.getTime() + tamper.ms));
  else throw new Error(`${tamper.path.join('.')} is no time`);
}

function placeOf(pair: object, path: Path): { readonly holder: object; readonly field: string } {
  let holder: unknown = pair;
  for (const step of path.slice(0, -1)) holder = Reflect.get(Object(holder), step);
  if (typeof holder !== 'object' || holder === null) throw new Error(`${path.join('.')} is not there`);
  return { holder, field: String(path.at(-1)) };
}

/** A finding in the words of the cases: the name of the file, and for measurements key and pressure. */
export function inTheirWords({ code, path, field, pressure }: Finding): ExpectedFinding {
  const hasKey = code === 'data_mismatch' || code === 'unexplained_value';
  const hasPressure = code === 'data_mismatch' || code === 'level_not_found';
  return {
    code,
    ...(path === null ? {} : { file: path.split('/').at(-1) ?? path }),
    ...(hasKey && field !== null ? { key: field } : {}),
    ...(hasPressure && pressure !== null ? { pressure } : {}),
  };
}
