/** The documents of the collections `argo` and `argoMeta`, as other programs read them. */

export type DataMode = 'R' | 'A' | 'D';
export type Direction = 'A' | 'D';

/** GeoJSON; degrees, longitude first. */
export interface GeoPoint {
  readonly type: 'Point';
  readonly coordinates: readonly [longitude: number, latitude: number];
}

export const DATA_WARNINGS = ['degenerate_levels', 'missing_basin', 'missing_location', 'missing_timestamp', 'bgc_mismatch'] as const;
export type DataWarning = (typeof DATA_WARNINGS)[number];

export interface SourceEntry {
  readonly source: readonly ('argo_core' | 'argo_bgc' | 'argo_deep')[];
  readonly url: string;
  readonly date_updated: Date;
}

/** Keys in code point order, the names of what is told about each, and that: `[unit, mode]`, for flags `[null, null]`. */
export type DataInfo = readonly [
  keys: readonly string[],
  columns: readonly ['units', 'data_keys_mode'],
  rows: readonly (readonly [unit: string | null, mode: DataMode | null])[],
];

/** One array per key of `data_info[0]`, each with one entry per level, shallowest first. Empty when there is no level. */
export type Data = readonly (readonly (number | null)[])[];

/** What describes one profile, without its levels. */
export interface ProfileFields {
  readonly _id: string;
  readonly geolocation: GeoPoint;
  readonly basin: number;
  readonly timestamp: Date | null;
  readonly cycle_number: number;
  readonly profile_direction: Direction;
  readonly geolocation_argoqc?: number;
  readonly timestamp_argoqc?: number;
  readonly vertical_sampling_scheme?: string;
}

/** What describes the float that took it: an `argoMeta` document without its id. */
export interface ArgoMetaContent {
  readonly data_type: string;
  readonly instrument: string;
  readonly platform: string;
  readonly fleetmonitoring: string;
  readonly oceanops: string;
  readonly data_center?: string;
  readonly pi_name?: readonly string[];
  readonly platform_type?: string;
  readonly positioning_system?: string;
  readonly wmo_inst_type?: string;
}

/** A profile document that does not yet know its metadata document. */
export interface ArgoProfile extends ProfileFields {
  readonly date_updated_argovis: Date;
  readonly source: readonly SourceEntry[];
  readonly data_warning?: readonly DataWarning[];
  /** Where the synthetic file differs from the core file: the synthetic file's value by field. */
  readonly bgc_mismatches?: Readonly<Record<string, unknown>>;
  readonly data: Data;
  readonly data_info: DataInfo;
}

export interface ArgoDocument extends ArgoProfile {
  readonly metadata: readonly [metadataId: string];
}

export interface ArgoMetaDocument extends ArgoMetaContent {
  readonly _id: string;
}
