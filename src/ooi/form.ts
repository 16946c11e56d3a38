import type { OoiFlow, SetFlow, StreamFlow } from './flow.ts';
import { ooiJobs, SET_JOBS } from './jobs.ts';
import { tableOf } from './names.ts';

/** Of the two forms of a flow, for code that must not load the schema. */
export const isSetFlow = (flow: OoiFlow): flow is SetFlow => 'streams' in flow;

/** The name of a stream's store, and of its files at the facility. */
export const flowTable = ({ instrument, stream }: StreamFlow): string =>
  tableOf({ instrument, method: stream.method, stream: stream.name });

/** Why a job is not for a flow of this form; null: it is. */
export function refusal(flow: OoiFlow, job: string): string | null {
  const isSetJob = SET_JOBS.some((name) => name === job);
  if (isSetJob === isSetFlow(flow)) return null;
  const fitting = Object.keys(ooiJobs).filter((name) => SET_JOBS.some((one) => one === name) === isSetFlow(flow));
  const [form, other] = isSetFlow(flow)
    ? ['a set of streams', 'one stream']
    : ['one stream', 'a set of streams (a flow with the key streams)'];
  return `Flow ${flow.name} is ${form}, and ${job} is a job of ${other}. The jobs of ${flow.name} are ${fitting.join(', ')}.`;
}
