import { defineKind } from '../stores/kind.ts';
import { argoCollections } from './collections.ts';
import { argoFlowSchema } from './flow.ts';
import { defaultJournal } from './mirror-source.ts';
import { argoTemplate } from './template.ts';

export const argoKind = defineKind({
  kind: 'argo',
  schema: argoFlowSchema,
  jobs: {
    mirror: 'the night: list what changed at the source, copy it, load it',
    reload: 'load named profiles, or the whole quarantine, again from the mirror',
  },
  databases: ({ database, collections }) => [{ database, collections: argoCollections(collections) }],
  folders: ({ mirror }) => [mirror, defaultJournal(mirror)],
  template: () => argoTemplate(),
});
