import type { Logger } from '../../observe/log.ts';
import type { Fence, Leases } from '../../stores/leases.ts';
import type { Quarantine } from '../../stores/quarantine.ts';
import type { Verification, Verifications } from '../../stores/verifications.ts';
import type { ArgoFlow } from '../flow.ts';
import type { CheckEnd } from './check.ts';
import { countByCode, type Finding, findingText } from './findings.ts';

/** Reasons in quarantine that come from a check. The first two are repaired by loading the profile again. */
export const ROUNDTRIP_CODES = ['roundtrip_mismatch', 'download_failed', 'roundtrip_returned'] as const;
export type RoundtripCode = (typeof ROUNDTRIP_CODES)[number];

export const isRoundtripCode = (code: string): boolean => ROUNDTRIP_CODES.some((known) => known === code);

export interface KeepDependencies {
  readonly leases: Pick<Leases, 'assertHeld'>;
  readonly verifications: Pick<Verifications, 'put'>;
  readonly quarantine: Pick<Quarantine, 'put' | 'close'>;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface KeepRequest {
  readonly flow: ArgoFlow;
  readonly id: string;
  /** Key of the profile, `<dac>/<wmo>_<number>`; where neither a receipt nor the document tells it, the id. */
  readonly item: string;
  readonly run: string;
  readonly plan: string;
  readonly fence: Fence;
  readonly before: Verification | null;
  /** Whether an earlier check put the profile into quarantine. */
  readonly wasQuarantined: boolean;
}

/** Findings that are kept one by one; all of them are counted. A document of other levels than its file's has thousands. */
const FINDINGS_KEPT = 100;
const FINDINGS_TOLD = 3;

/** Keeps how a check ended: quarantine first, then the verification, whose plan is the mark that the check is done. */
export async function keepCheck(use: KeepDependencies, request: KeepRequest, end: CheckEnd): Promise<Verification> {
  const { leases, verifications, quarantine, log, now } = use;
  const { flow, id, item, run, fence } = request;
  const verification = verificationOf(request, end, now());
  await leases.assertHeld(fence);
  if (end.state === 'clean' && request.wasQuarantined) await quarantine.close(flow.name, [item], 'verified', now());
  if (end.state === 'wrong' || (end.state === 'failed' && !end.isServerDown)) {
    const code: RoundtripCode = verification.isReturned
      ? 'roundtrip_returned'
      : end.state === 'wrong'
        ? 'roundtrip_mismatch'
        : 'download_failed';
    const message = sentence(id, end.findings, code);
    await quarantine.put([{ flow: flow.name, kind: 'argo', item, files: end.files, code, message }], run, now());
    log.warn({ event: 'verification_finding', flow: flow.name, item, id, code, counts: verification.counts, message });
  } else log.debug({ event: 'profile_verified', flow: flow.name, item, id, state: end.state, reason: verification.reason });
  await verifications.put(verification);
  return verification;
}

/** What a check and the one before it come to. Pure. */
export function verificationOf({ flow, id, item, run, plan, before }: KeepRequest, end: CheckEnd, at: Date): Verification {
  const isCompared = end.state === 'clean' || end.state === 'wrong';
  const common = {
    flow: flow.name,
    kind: 'argo',
    product: id,
    item,
    run,
    plan,
    at,
    state: end.state,
    files: end.files,
    comparedAt: isCompared ? at : (before?.comparedAt ?? null),
    wrongAt: end.state === 'wrong' ? at : (before?.wrongAt ?? null),
  };
  if (end.state === 'clean') return { ...common, reason: null, findings: [], counts: {}, isReturned: false, unrepaired: null };
  const unrepaired = before?.unrepaired ?? null;
  const wasReturned = before?.isReturned === true;
  if (end.state === 'skipped') return { ...common, reason: end.reason, findings: [], counts: {}, isReturned: wasReturned, unrepaired };
  const counts = countByCode(end.findings);
  const codes = Object.keys(counts);
  const isReloaded = unrepaired !== null && end.loadedAt !== null && (unrepaired.loadedAt === null || end.loadedAt > unrepaired.loadedAt);
  const isReturned = isReloaded && !end.isServerDown && unrepaired.codes.some((code) => codes.includes(code));
  return {
    ...common,
    reason: null,
    findings: end.findings.slice(0, FINDINGS_KEPT),
    counts,
    // Once a person has to look, no further load takes that back: only a check that finds nothing does.
    isReturned: wasReturned || isReturned,
    unrepaired: end.isServerDown ? unrepaired : { codes, loadedAt: end.loadedAt },
  };
}

const ENDING = {
  roundtrip_mismatch: 'Load it again with: landfall quarantine retry',
  download_failed: 'The next night settles it if the file has moved; else load it again with: landfall quarantine retry',
  roundtrip_returned: 'It was loaded again since it was first found, and is found again: look at the file, and report it',
} as const;

function sentence(id: string, findings: readonly Finding[], code: RoundtripCode): string {
  const told = findings.slice(0, FINDINGS_TOLD).map(findingText).join('; ');
  const more = findings.length > FINDINGS_TOLD ? `; and ${findings.length - FINDINGS_TOLD} more` : '';
  return `${id} differs from its source: ${told}${more}. ${ENDING[code]}.`;
}
