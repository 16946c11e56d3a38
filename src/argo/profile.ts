import { type Description, describe } from './describe.ts';
import type { ArgoDocument, ArgoMetaContent, ArgoProfile, DataWarning, SourceEntry } from './documents.ts';
import { isExpectedParameter } from './keys.ts';
import { type FileLevels, levelsOf } from './levels.ts';
import { mergeLevels } from './merge.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import { isOnEarth } from './position.ts';
import type { ProfileFile } from './profile-file.ts';
import { reconcile } from './reconcile.ts';
import { rejection } from './rejections.ts';

/** Something worth a log line; the documents are right all the same. */
export interface TranslationNote {
  readonly event: 'unexpected_parameter' | 'unexpected_pressure_unit' | 'files_disagree';
  readonly path: string;
  readonly detail: string;
}

export interface Translated {
  readonly argo: ArgoProfile;
  readonly argoMeta: ArgoMetaContent;
  readonly notes: readonly TranslationNote[];
}

interface TranslatedFile {
  readonly file: ProfileFile;
  readonly description: Description;
  readonly parameters: readonly Parameter[];
  readonly levels: FileLevels;
}

export interface TranslationContext {
  /** Time of the load. */
  readonly now: Date;
  /** What stands before a file's path in `source.url`, its last slash included. */
  readonly sourceUrl: string;
}

/**
 * Makes the documents of one profile from its files in load order (synthetic, then core; at least one).
 * @throws {Failure} a rejection (kind stop): its code says why the profile cannot be translated.
 */
export function translateProfile(first: ProfileFile, rest: readonly ProfileFile[], { now, sourceUrl }: TranslationContext): Translated {
  const head = translateFile(first);
  const tail = rest.map(translateFile);
  const files = [head, ...tail];
  const { profile, float, mismatches } = reconcile(
    head.description,
    tail.map(({ description }) => description),
  );
  if (!isOnEarth(profile.geolocation)) {
    const [longitude, latitude] = profile.geolocation.coordinates;
    throw rejection(
      'location_out_of_range',
      files.at(-1)?.file.path ?? first.path,
      `lies at longitude ${longitude}, latitude ${latitude}`,
      'a place on Earth',
    );
  }
  const disagrees = Object.keys(mismatches).length > 0;
  const warnings = new Set<DataWarning>(
    files.flatMap(({ description, levels }) => [...description.warnings, ...(levels.isDegenerate ? (['degenerate_levels'] as const) : [])]),
  );
  if (disagrees) warnings.add('bgc_mismatch');
  return {
    argo: {
      ...profile,
      date_updated_argovis: now,
      source: files.map((file) => sourceOf(file, sourceUrl)),
      ...(warnings.size === 0 ? {} : { data_warning: [...warnings].sort() }),
      ...(disagrees ? { bgc_mismatches: mismatches } : {}),
      ...mergeLevels(files.map(({ levels }) => levels)),
    },
    argoMeta: float,
    notes: files
      .flatMap(notesOf)
      .concat(disagrees ? [{ event: 'files_disagree', path: first.path, detail: Object.keys(mismatches).join(', ') }] : []),
  };
}

export const withMetadata = (profile: ArgoProfile, metadataId: string): ArgoDocument => ({ ...profile, metadata: [metadataId] });

function translateFile(file: ProfileFile): TranslatedFile {
  const parameters = parametersOf(file);
  return { file, parameters, description: describe(file), levels: levelsOf(file, parameters) };
}

function sourceOf({ file, description, levels }: TranslatedFile, sourceUrl: string): SourceEntry {
  const kind = file.kind === 'core' ? 'argo_core' : 'argo_bgc';
  return { source: levels.isDeep ? [kind, 'argo_deep'] : [kind], url: `${sourceUrl}${file.path}`, date_updated: description.updated };
}

function notesOf({ file: { path }, parameters, levels }: TranslatedFile): readonly TranslationNote[] {
  const unexpected = parameters
    .filter(({ name }) => !isExpectedParameter(name))
    .map(({ name }) => ({ event: 'unexpected_parameter', path, detail: name }) as const);
  const unit = levels.pressureUnit ?? 'decibar';
  if (/^(decibar|dbar)$/i.test(unit)) return unexpected;
  return [...unexpected, { event: 'unexpected_pressure_unit', path, detail: unit }];
}
