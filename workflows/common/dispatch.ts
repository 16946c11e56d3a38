import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { jobActivities } from '../../activities/common/job.ts';
import type { Flow } from '../../src/config/flow.ts';
import { GO_ON, inputProblems, type JobInput, type JobSpec } from '../../src/config/job.ts';
import { quoted } from '../../src/config/quoted.ts';
import { bookKeeping } from './book-keeping.ts';
import { type CarriedControls, type Controls, type ItemRule, listen } from './controls.ts';
import { readably } from './job.ts';
import { Tracker } from './tracker.ts';

/** What a job begins with: its flow as its file says, its input as an operator typed it, and where it tells how far it is. */
export interface JobStart<KindFlow extends Flow, Input extends JobInput> {
  readonly flow: KindFlow;
  readonly input: Input;
  /** What operators ask of the run. */
  readonly controls: Controls;
  readonly tracker: Tracker;
}

/** What a run that goes on as new takes along in `goOn`: the flow as it was when it began, so that an edited file changes the next run, not this one. */
export interface CarriedJob<KindFlow extends Flow = Flow> {
  readonly flow: KindFlow;
  readonly controls: CarriedControls;
}

/** A job among others: it answers for flows of its kind. */
export interface AnyJob {
  readonly spec: JobSpec;
  start(flow: Flow, input: unknown, at: Pick<JobStart<Flow, JobInput>, 'controls' | 'tracker'>): Promise<unknown>;
}

export interface KindJobs {
  readonly kind: string;
  readonly items: ItemRule;
  readonly jobs: Readonly<Record<string, AnyJob>>;
}

/** Brings the jobs of a kind together. */
export function kindJobs<KindFlow extends Flow>(
  kind: string,
): {
  job<Input extends JobInput>(spec: JobSpec, run: (start: JobStart<KindFlow, Input>) => Promise<unknown>): AnyJob;
} {
  const isMine = (flow: Flow): flow is KindFlow => flow.kind === kind;
  return {
    job: <Input extends JobInput>(spec: JobSpec, run: (start: JobStart<KindFlow, Input>) => Promise<unknown>) => ({
      spec,
      start(flow, input, at) {
        const isInput = (typed: unknown): typed is Input => inputProblems(workflowInfo().workflowType, spec, typed).length === 0;
        if (isMine(flow) && isInput(input)) return run({ flow, input, ...at });
        throw refusal('bad_input', inputProblems(workflowInfo().workflowType, spec, input).join(' '));
      },
    }),
  };
}

/**
 * The one workflow that all are: its type is the job's name, and its flow's kind says whose job it is. So an operator types no more than
 * `mirror` and `{"flow":"argo"}`, and several kinds can have a job of one name.
 */
export function dispatcher(kinds: readonly KindJobs[]): (input: unknown) => Promise<unknown> {
  return async (input) => {
    const { workflowType: job } = workflowInfo();
    const name = flowIn(input);
    const carried = carriedBy(input);
    const tracker = new Tracker(`${job} of ${name}`, isDryRun(input));
    const controls = listen({ carried: carried?.controls, tracker });

    const { resolveFlow } = bookKeeping<ReturnType<typeof jobActivities>>();
    const flow = carried?.flow ?? (await readably(() => resolveFlow({ flow: name })));
    const kind = kinds.find((one) => one.kind === flow.kind);
    const jobs = kind?.jobs ?? {};
    const chosen = Object.hasOwn(jobs, job) ? jobs[job] : undefined;
    if (chosen === undefined) {
      const known = Object.keys(jobs).join(', ');
      throw refusal('unknown_job', `Flow ${name} is of kind ${flow.kind}, which has no job "${job}". Its jobs are ${known}.`);
    }
    controls.items = kind?.items ?? null;
    return await chosen.start(flow, input, { controls, tracker });
  };
}

const isDryRun = (input: unknown): boolean => typeof input === 'object' && input !== null && 'dryRun' in input && input.dryRun === true;

function carriedBy(input: unknown): CarriedJob | null {
  const isCarried = (value: unknown): value is { readonly goOn: CarriedJob } =>
    typeof value === 'object' && value !== null && GO_ON in value && value[GO_ON] !== undefined;
  if (!isCarried(input)) return null;
  if (workflowInfo().continuedFromExecutionRunId !== undefined) return input.goOn;
  throw refusal('bad_input', `"${GO_ON}" is Landfall's own and cannot be typed. Leave it out.`);
}

function flowIn(input: unknown): string {
  const flow: unknown = typeof input === 'object' && input !== null && 'flow' in input ? input.flow : undefined;
  if (typeof flow === 'string' && flow !== '') return flow;
  throw refusal('bad_input', `The input names no flow: ${quoted(input)}. Expected an object such as {"flow":"argo"}.`);
}

const refusal = (type: string, message: string): ApplicationFailure => ApplicationFailure.create({ type, message, nonRetryable: true });
