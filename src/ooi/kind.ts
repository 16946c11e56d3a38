import { join } from 'node:path';
import { RECORDS_OF } from '../config/overlap.ts';
import { defineKind } from '../stores/kind.ts';
import { ooiFlowSchema, ooiFormOf, type StreamFlow } from './flow.ts';
import { flowTable, isSetFlow, refusal } from './form.ts';
import { homeOf } from './home.ts';
import { ooiJobs } from './jobs.ts';
import { ooiTemplate } from './template.ts';
import { refuseTwice } from './twice.ts';

function bucketOf(flow: StreamFlow): readonly string[] {
  const { place } = flow.store;
  if (place.kind !== 's3') return [];
  return [`s3://${[place.bucket, place.prefix, flowTable(flow)].filter((part) => part !== '').join('/')}`];
}

export const ooiKind = defineKind({
  kind: 'ooi',
  schema: ooiFlowSchema,
  formOf: ooiFormOf,
  jobs: ooiJobs,
  refuses: refusal,
  refuseTogether: refuseTwice,
  databases: () => [],
  folders: (flow) => (isSetFlow(flow) || flow.store.place.kind !== 'disk' ? [] : [join(flow.store.place.folder, flowTable(flow))]),
  // Requests, status and owed ranges are kept by table: two flows of one stream would take each other's requests.
  stores: (flow) => (isSetFlow(flow) ? [] : [...bucketOf(flow), `${RECORDS_OF}${flowTable(flow)}`]),
  secrets: ({ upstream: { user, token }, notify: { webhook } }) => [user, token, ...(webhook === undefined ? [] : [webhook])],
  home: homeOf,
  template: () => ooiTemplate(),
});
