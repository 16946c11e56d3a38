import assert from 'node:assert/strict';
import type { ArgoDocument, ArgoMetaDocument } from '../../src/argo/documents.ts';
import { toExtendedJson } from '../../src/argo/ejson.ts';
import type { Golden } from './argo-data.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Asserts that documents are the expected ones: all equal after parsing, but for times of profiles (1 ms), coordinates (1e-12),
 * and the time of the load, which stands as "@now" in what is expected.
 */
export function assertDocuments(
  actual: { readonly argo: ArgoDocument; readonly argoMeta: ArgoMetaDocument },
  expected: Pick<Golden, 'argo' | 'argoMeta'>,
  now: Date,
): void {
  const argo: Json = JSON.parse(toExtendedJson(actual.argo));
  const argoMeta: Json = JSON.parse(toExtendedJson(actual.argoMeta));

  assert.deepEqual(actual.argo.date_updated_argovis, now);
  assert.deepEqual({ ...argo, ...leniently(argo, expected.argo), date_updated_argovis: '@now' }, expected.argo);
  assert.deepEqual(argoMeta, expected.argoMeta);
}

/** The expected value where the actual one is near enough. */
function leniently(actual: Json, expected: Json): Json {
  return {
    ...(milliseconds(actual.timestamp) - milliseconds(expected.timestamp) <= 1 &&
    milliseconds(expected.timestamp) - milliseconds(actual.timestamp) <= 1
      ? { timestamp: expected.timestamp }
      : {}),
    ...(distance(coordinates(actual.geolocation), coordinates(expected.geolocation)) <= 1e-12 ? { geolocation: expected.geolocation } : {}),
  };
}

function milliseconds(date: unknown): number {
  return typeof date === 'object' && date !== null && '$date' in date ? Date.parse(String(date.$date)) : Number.NaN;
}

function coordinates(point: unknown): readonly number[] {
  const found = typeof point === 'object' && point !== null && 'coordinates' in point ? point.coordinates : undefined;
  return Array.isArray(found) ? found.map(Number) : [];
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length && a.length > 0 ? Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? Number.NaN)))) : Number.NaN;
}
