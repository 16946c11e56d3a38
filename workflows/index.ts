// One line a kind: what the workers of queue `landfall` can run.
import { argo } from './argo/jobs.ts';
import { dispatcher } from './common/dispatch.ts';
import { ooi } from './ooi/jobs.ts';

// Temporal runs a module's default export for every type that has no workflow of its own.
export default dispatcher([argo, ooi]);
