/** What the roundtrip check can find. Source: the codes of the existing checker of the collections, and `file_rejected`. */
export const FINDING_CODES = [
  'platform_mismatch',
  'cycle_number_mismatch',
  'profile_direction_mismatch',
  'id_mangled',
  'basin_mismatch',
  'data_type_mismatch',
  'instrument_mismatch',
  'fleetmonitoring_mismatch',
  'oceanops_mismatch',
  'geolocation_mismatch',
  'data_center_mismatch',
  'pi_name_mismatch',
  'platform_type_mismatch',
  'positioning_system_mismatch',
  'wmo_inst_type_mismatch',
  'vertical_sampling_scheme_mismatch',
  'geolocation_argoqc_mismatch',
  'timestamp_argoqc_mismatch',
  'timestamp_mismatch',
  'missing_timestamp_not_flagged',
  'date_updated_absent',
  'data_mismatch',
  'level_not_found',
  'source_mismatch',
  'unexplained_value',
  'download_failed',
  /** A file arrived from the upstream that no document could be made of. */
  'file_rejected',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** One difference between a document and its source files. */
export interface Finding {
  readonly code: FindingCode;
  /** The source file, relative to the level of the DAC folders; null: no one file (a value that none of them accounts for). */
  readonly path: string | null;
  /** The document's field, or for measurements the key; null: the whole file. */
  readonly field: string | null;
  /** Rounded pressure of the level, dbar. */
  readonly pressure: number | null;
  /** What the database holds; null: nothing. */
  readonly stored: unknown;
  /** What the file says; null: nothing. */
  readonly upstream: unknown;
  /** Why a download failed, or a file was rejected. */
  readonly message?: string;
}

export type FindingCounts = Readonly<Partial<Record<FindingCode, number>>>;

export function countByCode(findings: readonly Finding[]): FindingCounts {
  const counts: Partial<Record<FindingCode, number>> = {};
  for (const { code } of findings) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Longer texts are cut where they are kept: a damaged document must not make its record as large as itself. */
const SHOWN_CHARACTERS = 400;

/** A value as it is kept and printed: scalars as they are, everything else whole as long as it is short. */
export function shownValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || value instanceof Date) return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= SHOWN_CHARACTERS) return value;
  return `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
}

/** `temperature at 28.7 dbar of aoml/…/R2901780_014.nc: stored 17.765999, upstream 17.764999`. */
export function findingText({ code, path, field, pressure, stored, upstream, message }: Finding): string {
  const where = [field, pressure === null ? null : `at ${pressure} dbar`, path === null ? null : `of ${path}`].filter(
    (part) => part !== null,
  );
  const what = message ?? `stored ${textOf(stored)}, upstream ${textOf(upstream)}`;
  return `${code} (${where.join(' ')}): ${what}`;
}

const textOf = (value: unknown): string => {
  const shown = shownValue(value);
  return shown instanceof Date ? shown.toISOString() : (JSON.stringify(shown) ?? String(shown));
};
