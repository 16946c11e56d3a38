import { ApplicationFailure, defineQuery, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { jobActivities } from '../../activities/common/job.ts';
import type { Flow } from '../../src/config/flow.ts';
import { GO_ON, inputProblems, type JobInput, type JobSpec } from '../../src/config/job.ts';
import { readably } from './job.ts';
import { queries } from './messages.ts';
import { activityOptions } from './policies.ts';
import { Tracker } from './tracker.ts';

/** What a job begins with: its flow as its file says, its input as an operator typed it, and where it tells how far it is. */
export interface JobStart<KindFlow extends Flow, Input extends JobInput> {
  readonly flow: KindFlow;
  readonly input: Input;
  readonly tracker: Tracker;
}

/** What a run that goes on as new takes along in `goOn`: the flow as it was when it began, so that an edited file changes the next run, not this one. */
export interface CarriedJob<KindFlow extends Flow = Flow> {
  readonly flow: KindFlow;
}

/** A job among others: it answers for flows of its kind. */
export interface AnyJob {
  readonly spec: JobSpec;
  start(flow: Flow, input: unknown, tracker: Tracker): Promise<unknown>;
}

export interface KindJobs {
  readonly kind: string;
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
      start(flow, input, tracker) {
        const isInput = (typed: unknown): typed is Input => inputProblems(workflowInfo().workflowType, spec, typed).length === 0;
        if (isMine(flow) && isInput(input)) return run({ flow, input, tracker });
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
    const tracker = new Tracker(`${job} of ${name}`);
    setHandler(defineQuery(queries.progress), () => tracker.answer({ isPaused: false, width: null }));

    const { resolveFlow } = proxyActivities<ReturnType<typeof jobActivities>>(activityOptions('control', null));
    const flow = carriedFlow(input) ?? (await readably(() => resolveFlow({ flow: name })));
    const jobs = kinds.find(({ kind }) => kind === flow.kind)?.jobs ?? {};
    const chosen = Object.hasOwn(jobs, job) ? jobs[job] : undefined;
    if (chosen === undefined) {
      const known = Object.keys(jobs).join(', ');
      throw refusal('unknown_job', `Flow ${name} is of kind ${flow.kind}, which has no job "${job}". Its jobs are ${known}.`);
    }
    return await chosen.start(flow, input, tracker);
  };
}

function carriedFlow(input: unknown): Flow | null {
  const isCarried = (value: unknown): value is { readonly goOn: CarriedJob } =>
    typeof value === 'object' && value !== null && GO_ON in value && value[GO_ON] !== undefined;
  if (!isCarried(input)) return null;
  if (workflowInfo().continuedFromExecutionRunId !== undefined) return input.goOn.flow;
  throw refusal('bad_input', `"${GO_ON}" is Landfall's own and cannot be typed. Leave it out.`);
}

function flowIn(input: unknown): string {
  const flow: unknown = typeof input === 'object' && input !== null && 'flow' in input ? input.flow : undefined;
  if (typeof flow === 'string' && flow !== '') return flow;
  throw refusal('bad_input', `The input names no flow: ${JSON.stringify(input) ?? 'nothing'}. Expected an object such as {"flow":"argo"}.`);
}

const refusal = (type: string, message: string): ApplicationFailure => ApplicationFailure.create({ type, message, nonRetryable: true });
