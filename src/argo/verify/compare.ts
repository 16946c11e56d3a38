import { isDeepStrictEqual } from 'node:util';
import { compareFields } from './fields.ts';
import { type Finding, shownValue } from './findings.ts';
import { Measurements } from './measurements.ts';
import { type StoredPair, sourcesOf, warningsOf } from './stored.ts';
import type { UpstreamFile } from './upstream-file.ts';

export interface Comparison {
  readonly findings: readonly Finding[];
  /** The document carries `degenerate_levels`: its data and sources cannot be compared, and were not. */
  readonly isDegenerate: boolean;
}

/**
 * Compares a document with its source files, given in the order of its `source`: file by file, then for values that no file accounts for.
 * Nothing about the document is taken for granted; each difference is a finding.
 *
 * @param sourceUrl what stands before a file's path in `source.url`, its last slash included.
 */
export function compareProfile(pair: StoredPair, files: readonly UpstreamFile[], sourceUrl: string): Comparison {
  const isDegenerate = warningsOf(pair.profile).has('degenerate_levels');
  const measurements = new Measurements(pair.profile, files);
  const findings = files.flatMap((one) => [
    ...compareFields(one.file, pair),
    ...(isDegenerate ? [] : [...measurements.compare(one), ...compareSource(one, pair, sourceUrl)]),
  ]);
  return { findings: isDegenerate ? findings : [...findings, ...measurements.unexplained()], isDegenerate };
}

/** One entry of `source` must be what the file gives: its kind and depth, its address, its time. */
function compareSource({ path, file, levels, updated }: UpstreamFile, { profile }: StoredPair, sourceUrl: string): readonly Finding[] {
  const kind = file.kind === 'core' ? 'argo_core' : 'argo_bgc';
  const entry = { source: levels.isDeep ? [kind, 'argo_deep'] : [kind], url: `${sourceUrl}${path}`, date_updated: updated };
  if (sourcesOf(profile).some((stored) => isDeepStrictEqual({ ...stored }, entry))) return [];
  const stored = profile.source;
  return [{ code: 'source_mismatch', path, field: 'source', pressure: null, stored: shownValue(stored), upstream: shownValue(entry) }];
}
