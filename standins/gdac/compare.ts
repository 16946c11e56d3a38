import type { ExpectedProfile } from './expected.ts';

/** Documents as any database client or translator hands them over. */
export type FoundDocument = Readonly<Record<string, unknown>>;

/** What only the loader knows. */
const LOADERS_OWN: ReadonlySet<string> = new Set(['_id', 'date_updated_argovis']);
/** Arithmetic of the original leaves times one millisecond short. */
const TIMESTAMP_TOLERANCE_MS = 1;
const COORDINATE_TOLERANCE = 1e-12;
/** A loader's clock may be a little ahead of ours; a load longer ago than this was not of this tree. */
const RECENT_MS = 7 * 86_400_000;
const AHEAD_MS = 60_000;

/**
 * Says in sentences how what was found differs from what is expected; no sentence: they are equal.
 *
 * Not compared exactly: timestamps (1 ms), coordinates (1e-12), `date_updated_argovis` (any date of the last days), the number in a metadata
 * id (it depends on the order of loading), the order of warnings.
 *
 * @param now Unix milliseconds, for what counts as a recent load.
 */
export function compareDocument(
  expected: ExpectedProfile,
  argo: FoundDocument | null,
  argoMeta: FoundDocument | null,
  now: number = Date.now(),
): string[] {
  const { key, outcome } = expected;
  if (outcome.state === 'rejected')
    return argo === null ? [] : [`${key}: expected no document (${outcome.code}), found ${show(argo._id)}.`];
  if (argo === null) return [`${key}: expected a document, found none.`];
  const say = (path: string, wanted: unknown, found: unknown): string => `${key}: ${path}: expected ${show(wanted)}, found ${show(found)}.`;
  const out: string[] = [];
  const { metadata, date_updated_argovis: loaded, ...rest } = argo;
  different('argo', sorted(outcome.argo), sorted(rest), (path, wanted, found) => out.push(say(path, wanted, found)));
  if (!isRecent(loaded, now)) out.push(say('argo.date_updated_argovis', 'a recent date', loaded));

  if (argoMeta === null) return [...out, `${key}: expected the metadata document ${show(metadata)}, found none.`];
  const ids: unknown[] = Array.isArray(metadata) ? metadata : [];
  if (ids.length !== 1 || ids[0] !== argoMeta._id) out.push(say('argo.metadata', [argoMeta._id], metadata));
  if (!new RegExp(`^${outcome.argoMeta.platform}_m\\d+$`).test(String(argoMeta._id))) {
    out.push(say('argoMeta._id', `${outcome.argoMeta.platform}_m<number>`, argoMeta._id));
  }
  if (!isRecent(argoMeta.date_updated_argovis ?? new Date(now), now))
    out.push(say('argoMeta.date_updated_argovis', 'a recent date', argoMeta.date_updated_argovis));
  const content = Object.fromEntries(Object.entries(argoMeta).filter(([name]) => !LOADERS_OWN.has(name)));
  different('argoMeta', outcome.argoMeta, content, (path, wanted, found) => out.push(say(path, wanted, found)));
  return out;
}

const isRecent = (value: unknown, now: number): boolean =>
  value instanceof Date && value.getTime() > now - RECENT_MS && value.getTime() < now + AHEAD_MS;

/** `data_warning` is a set. */
function sorted(document: object): FoundDocument {
  const copy: Record<string, unknown> = { ...document };
  if (Array.isArray(copy.data_warning)) copy.data_warning = [...copy.data_warning].sort();
  return copy;
}

type Report = (path: string, wanted: unknown, found: unknown) => void;

function different(path: string, wanted: unknown, found: unknown, report: Report): void {
  if (wanted instanceof Date || found instanceof Date) {
    if (!sameDate(path, wanted, found)) report(path, wanted, found);
    return;
  }
  if (Array.isArray(wanted) && Array.isArray(found)) {
    if (wanted.length !== found.length) report(`${path}.length`, wanted.length, found.length);
    else
      wanted.forEach((item, index) => {
        different(`${path}[${index}]`, item, found[index], report);
      });
    return;
  }
  if (isObject(wanted) && isObject(found)) {
    const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
    for (const name of [...names].sort()) different(`${path}.${name}`, wanted[name], found[name], report);
    return;
  }
  if (!sameScalar(path, wanted, found)) report(path, wanted, found);
}

function sameDate(path: string, wanted: unknown, found: unknown): boolean {
  if (!(wanted instanceof Date) || !(found instanceof Date)) return false;
  return Math.abs(wanted.getTime() - found.getTime()) <= (path.endsWith('.timestamp') ? TIMESTAMP_TOLERANCE_MS : 0);
}

function sameScalar(path: string, wanted: unknown, found: unknown): boolean {
  if (typeof wanted === 'number' && typeof found === 'number' && path.includes('.coordinates['))
    return Math.abs(wanted - found) <= COORDINATE_TOLERANCE;
  return wanted === found || Object.is(wanted, found);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
