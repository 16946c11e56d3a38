import type { Flow } from '../config/flow.ts';
import { Failure } from '../errors.ts';
import { kindNamed } from '../kinds.ts';
import { jobsOf, jobsOfFlow } from './lookup.ts';

/** A flow whose jobs load items one by one, and keep what they cannot load. */
export const hasQuarantine = ({ kind }: Pick<Flow, 'kind'>): boolean => jobsOf(kind, 'write').length > 0;

/** @throws {Failure} `usage`: the kind keeps nothing in quarantine. */
export function requireQuarantine(flow: Flow): void {
  if (hasQuarantine(flow)) return;
  throw new Failure({
    kind: 'stop',
    code: 'usage',
    happened: `Flow ${flow.name} is of kind ${flow.kind}, which keeps nothing in quarantine`,
    remedy: `What a run left out, and why, is in its record: landfall status ${flow.name}`,
  });
}

/**
 * What a job works on several of at once, such as `batches`.
 * @param job null: any job of the flow that does.
 * @throws {Failure} `usage`: it works on one thing at a time.
 */
export function requireWidth(flow: Flow, job: string | null): string {
  const jobs = kindNamed(flow.kind)?.jobs ?? {};
  const [width] = (job === null ? jobsOfFlow(flow) : [job]).flatMap((name) => jobs[name]?.width ?? []);
  if (width !== undefined) return width;
  throw new Failure({
    kind: 'stop',
    code: 'usage',
    happened: `${job === null ? 'Flow' : `${job} of`} ${flow.name} works on one thing at a time, and has no width`,
    remedy: `What its run does now is said by: landfall status ${flow.name}`,
  });
}
