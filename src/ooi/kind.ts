import { join } from 'node:path';
import { defineKind } from '../stores/kind.ts';
import { ooiFlowSchema, ooiFormOf } from './flow.ts';
import { flowTable, isSetFlow, refusal } from './form.ts';
import { ooiJobs } from './jobs.ts';
import { ooiTemplate } from './template.ts';

export const ooiKind = defineKind({
  kind: 'ooi',
  schema: ooiFlowSchema,
  formOf: ooiFormOf,
  jobs: ooiJobs,
  refuses: refusal,
  databases: () => [],
  folders: (flow) => (isSetFlow(flow) || flow.store.place.kind !== 'disk' ? [] : [join(flow.store.place.folder, flowTable(flow))]),
  stores: (flow) => {
    if (isSetFlow(flow) || flow.store.place.kind !== 's3') return [];
    const { bucket, prefix } = flow.store.place;
    return [`s3://${[bucket, prefix, flowTable(flow)].filter((part) => part !== '').join('/')}`];
  },
  template: () => ooiTemplate(),
});
