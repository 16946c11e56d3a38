import type { Quarantine } from '../../stores/quarantine.ts';
import type { Receipts } from '../../stores/receipts.ts';
import type { Verification, Verifications } from '../../stores/verifications.ts';
import { keyText, parseProfilePath } from '../names.ts';
import { type CheckDependencies, type CheckEnd, type CheckRequest, checkProfile } from './check.ts';
import { isRoundtripCode, type KeepDependencies, type KeepRequest, keepCheck } from './keep.ts';

export interface VerifierDependencies extends CheckDependencies, KeepDependencies {
  readonly verifications: Pick<Verifications, 'find' | 'put'>;
  readonly quarantine: Pick<Quarantine, 'put' | 'close' | 'show'>;
  readonly receipts: Pick<Receipts, 'holders'>;
}

export interface VerifyRequest extends CheckRequest, Pick<KeepRequest, 'run' | 'plan' | 'fence'> {}

export interface Verified {
  readonly verification: Verification;
  /** False: an earlier attempt had done it. */
  readonly isFirst: boolean;
  readonly isServerDown: boolean;
}

/** Checks one profile of a plan and keeps what came of it. Done twice for one plan it is done once. */
export class Verifier {
  readonly #use: VerifierDependencies;

  constructor(dependencies: VerifierDependencies) {
    this.#use = dependencies;
  }

  async verify(request: VerifyRequest): Promise<Verified> {
    const { flow, id, plan, run, fence } = request;
    const held = (await this.#use.receipts.holders(flow.name, [id])).map(({ item }) => item).toSorted();
    const [holder = id] = held;
    const done = await this.#use.verifications.find(flow.name, holder);
    if (done?.plan === plan) return { verification: done, isFirst: false, isServerDown: false };

    const end = await checkProfile(this.#use, request);
    const item = itemOf(id, held, end.files);
    const before = item === holder ? done : await this.#use.verifications.find(flow.name, item);
    const entry = await this.#use.quarantine.show(flow.name, item);
    const open = entry?.state === 'open' ? entry.code : null;
    const kept = open !== null && !isRoundtripCode(open) ? withoutBlame(end) : end;
    const wasQuarantined = open !== null && isRoundtripCode(open);
    const verification = await keepCheck(this.#use, { flow, id, item, run, plan, fence, before, wasQuarantined }, kept);
    return { verification, isFirst: before?.plan !== plan, isServerDown: kept.state === 'failed' && kept.isServerDown };
  }
}

/** The profile that a document was made of: a receipt knows it, else the names of its files tell. */
function itemOf(id: string, held: readonly string[], files: readonly string[]): string {
  const named = files.flatMap((path) => parseProfilePath(path) ?? []).map(keyText);
  return held.find((item) => named.includes(item)) ?? held[0] ?? named[0] ?? id;
}

/** It is known, with its reason, that the newest files could not be loaded: that the document differs from them is no news. */
function withoutBlame(end: CheckEnd): CheckEnd {
  return end.state === 'clean' || end.state === 'skipped' ? end : { state: 'skipped', reason: 'in_quarantine', files: end.files };
}
