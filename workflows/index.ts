// One line a kind: what the workers of queue `landfall` can run.
export { mirror, reload } from './argo/jobs.ts';
