import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { JobInput, JobSpec } from '../../src/config/job.ts';
import type { OoiFlow, SetFlow, StreamFlow } from '../../src/ooi/flow.ts';
import { isSetFlow, refusal } from '../../src/ooi/form.ts';
import { ooiJobs } from '../../src/ooi/jobs.ts';
import { parseTable } from '../../src/ooi/names.ts';
import { type AnyJob, type JobStart, kindJobs } from '../common/dispatch.ts';
import { harvest } from './harvest.ts';
import { harvestAll } from './harvest-all.ts';
import { refresh } from './refresh.ts';
import { rollback } from './rollback.ts';
import { setJob } from './set-job.ts';
import { verify } from './verify.ts';

const { job } = kindJobs<OoiFlow>('ooi');

/** A job of single streams. */
const ofStream = <Input extends JobInput>(spec: JobSpec, run: (start: JobStart<StreamFlow, Input>) => Promise<unknown>): AnyJob =>
  job<Input>(spec, async ({ flow, ...start }) => {
    if (isSetFlow(flow)) throw refused(flow);
    return await run({ flow, ...start });
  });

/** A job of sets. */
const ofSet = <Input extends JobInput>(spec: JobSpec, run: (start: JobStart<SetFlow, Input>) => Promise<unknown>): AnyJob =>
  job<Input>(spec, async ({ flow, ...start }) => {
    if (!isSetFlow(flow)) throw refused(flow);
    return await run({ flow, ...start });
  });

function refused(flow: OoiFlow): ApplicationFailure {
  const { workflowType } = workflowInfo();
  const message = refusal(flow, workflowType) ?? `${workflowType} is no job of flow ${flow.name}.`;
  return ApplicationFailure.create({ type: 'wrong_form', message, nonRetryable: true });
}

/** The jobs of kind `ooi`, under the names of `src/ooi/jobs.ts`. */
export const ooi = {
  kind: 'ooi',
  items: { isItem: (text: string) => parseTable(text) !== null, form: '<refdes>-<method>-<stream>' },
  jobs: {
    harvest: ofStream(ooiJobs.harvest, harvest),
    refresh: ofStream(ooiJobs.refresh, refresh),
    harvestAll: ofSet(ooiJobs.harvestAll, harvestAll),
    rollback: ofStream(ooiJobs.rollback, rollback),
    verify: ofStream(ooiJobs.verify, verify),
    metadata: ofSet(ooiJobs.metadata, setJob('metadata')),
    annotations: ofSet(ooiJobs.annotations, setJob('annotations')),
    catalog: ofSet(ooiJobs.catalog, setJob('catalog')),
    statistics: ofSet(ooiJobs.statistics, setJob('statistics')),
    availability: ofSet(ooiJobs.availability, setJob('availability')),
  } satisfies Readonly<Record<keyof typeof ooiJobs, unknown>>,
};
