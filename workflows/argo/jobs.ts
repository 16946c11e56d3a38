import type { ArgoFlow } from '../../src/argo/flow.ts';
import { argoJobs } from '../../src/argo/jobs.ts';
import { parseKeyText } from '../../src/argo/names.ts';
import { kindJobs } from '../common/dispatch.ts';
import { audit } from './audit.ts';
import { mirror } from './mirror.ts';
import { rebuild } from './rebuild.ts';
import { redo } from './redo.ts';
import { reload } from './reload.ts';
import { summarise } from './summarise.ts';
import { verify } from './verify.ts';

const { job } = kindJobs<ArgoFlow>('argo');

/** The jobs of kind `argo`, under the names of `src/argo/jobs.ts`. */
export const argo = {
  kind: 'argo',
  items: { isItem: (text: string) => parseKeyText(text) !== null, form: '<dac>/<wmo>_<number>' },
  jobs: {
    mirror: job(argoJobs.mirror, mirror),
    reload: job(argoJobs.reload, reload),
    audit: job(argoJobs.audit, audit),
    summarise: job(argoJobs.summarise, summarise),
    verify: job(argoJobs.verify, verify),
    rebuild: job(argoJobs.rebuild, rebuild),
    redo: job(argoJobs.redo, redo),
  } satisfies Readonly<Record<keyof typeof argoJobs, unknown>>,
};
