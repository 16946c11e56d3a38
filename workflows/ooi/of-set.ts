import { workflowInfo } from '@temporalio/workflow';
import type { SetFlow } from '../../src/ooi/flow.ts';

/** The set that a run works for, as its memo says: the runs that it starts work for it as well. */
export interface OfSet {
  readonly set: string;
  /** So many refreshes that it starts are fetched and built at once. */
  readonly refreshes: number;
}

export const memoOf = ({ name, refreshes }: SetFlow): { readonly ofSet: OfSet } => ({ ofSet: { set: name, refreshes } });

/** Null: a person or a schedule started it for itself. */
export function ofSet(): OfSet | null {
  const held: unknown = workflowInfo().memo?.ofSet;
  return isOfSet(held) ? held : null;
}

/** A run over a set that was begun by a version without `refreshes` gives none. */
const isOfSet = (value: unknown): value is OfSet =>
  typeof value === 'object' &&
  value !== null &&
  'set' in value &&
  typeof value.set === 'string' &&
  'refreshes' in value &&
  typeof value.refreshes === 'number';
