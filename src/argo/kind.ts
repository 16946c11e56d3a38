import { defineKind } from '../stores/kind.ts';
import { argoCollections } from './collections.ts';
import { argoFlowSchema } from './flow.ts';
import { argoJobs } from './jobs.ts';
import { defaultJournal } from './mirror-source.ts';
import { argoTemplate } from './template.ts';
import { why } from './why/why.ts';

export const argoKind = defineKind({
  kind: 'argo',
  schema: argoFlowSchema,
  jobs: argoJobs,
  databases: ({ database, collections }) => [
    { database, collections: [...argoCollections(collections), { name: collections.summaries, validator: null, indexes: [] }] },
  ],
  folders: ({ mirror }) => [mirror, defaultJournal(mirror)],
  secrets: ({ upstream: { password } }) => (password === undefined ? [] : [password]),
  why,
  template: () => argoTemplate(),
});
