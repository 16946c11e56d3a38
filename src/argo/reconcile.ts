import { isDeepStrictEqual } from 'node:util';
import type { Description } from './describe.ts';
import type { ArgoMetaContent, ProfileFields } from './documents.ts';

export interface Reconciled {
  readonly profile: ProfileFields;
  readonly float: ArgoMetaContent;
  /** Field name → the earlier (synthetic) file's value, where the later (core) file says something else. */
  readonly mismatches: Readonly<Record<string, unknown>>;
}

/** One description of a profile from those of its files in load order: the later file wins, fields only one file has are taken from it. */
export function reconcile(first: Description, rest: readonly Description[]): Reconciled {
  return rest.reduce<Reconciled>(
    (earlier, later) => ({
      profile: { ...earlier.profile, ...later.profile },
      float: { ...earlier.float, ...later.float },
      mismatches: { ...earlier.mismatches, ...differing(earlier.profile, later.profile), ...differing(earlier.float, later.float) },
    }),
    { profile: first.profile, float: first.float, mismatches: {} },
  );
}

function differing(earlier: object, later: object): Record<string, unknown> {
  const others = new Map<string, unknown>(Object.entries(later));
  return Object.fromEntries(
    Object.entries(earlier).filter(([field, value]) => others.has(field) && !isDeepStrictEqual(value, others.get(field))),
  );
}
