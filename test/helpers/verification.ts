import type { Verification } from '../../src/stores/verifications.ts';

/** The verification of a profile that is right, with changes. */
export function verificationOf(changes: Partial<Verification>): Verification {
  const at = new Date('2026-01-02T03:04:05.000Z');
  return {
    flow: 'argo',
    kind: 'argo',
    item: 'aoml/13857_001',
    product: '13857_001',
    run: 'run-3',
    plan: 'verify-run-3',
    at,
    state: 'clean',
    reason: null,
    files: [],
    findings: [],
    counts: {},
    isReturned: false,
    comparedAt: at,
    wrongAt: null,
    unrepaired: null,
    ...changes,
  };
}
