import { readFileSync } from 'node:fs';
import { resolveSecret, type Secret } from '../../src/config/secret.ts';
import type { MailSettings } from '../../src/config/settings-mail.ts';
import { isFailure } from '../../src/errors.ts';
import type { Logger } from '../../src/observe/log.ts';
import type { OoiFlow } from '../../src/ooi/flow.ts';
import { flowTable, isSetFlow } from '../../src/ooi/form.ts';
import type { Notices } from '../../src/ooi/notify/notices.ts';
import { type Notified, notify, type Recipients } from '../../src/ooi/notify/notify.ts';

export interface TellPeople {
  readonly flow: OoiFlow;
  readonly run: string;
  readonly workflowId: string;
  /** The job. */
  readonly task: string;
  /** Of the failure, or `asks`. */
  readonly code: string;
  readonly says: string;
  /** At most one message goes out for each. */
  readonly incident: string;
}

export interface NotifyDependencies {
  readonly mail: MailSettings | null;
  readonly notices: Notices;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Queue: notify. */
export const notifyActivities = ({ mail, notices, log, now }: NotifyDependencies) => ({
  /** What cannot be sent is said in the log and does not stop the run. */
  async tellPeople({ flow, run, workflowId, task, code, says, incident }: TellPeople): Promise<Notified> {
    const { webhook, why } = webhookOf(flow);
    const to: Recipients = { mail: flow.notify.mail, webhook };
    const told = await notify(
      {
        id: incident,
        task,
        code,
        stream: isSetFlow(flow) ? flow.name : flowTable(flow),
        flow: flow.name,
        run: `${workflowId} ${run}`,
        error: says,
        remedy: null,
        at: now(),
      },
      to,
      { mail, notices },
    );
    const failed = [...told.failed, ...(why === null ? [] : [{ channel: 'webhook' as const, why }])];
    for (const one of failed) log.warn({ event: 'not_told', flow: flow.name, run, ...one });
    return { ...told, failed };
  },
});

function webhookOf({ name, notify: { webhook } }: OoiFlow): { readonly webhook: Secret | null; readonly why: string | null } {
  if (webhook === undefined) return { webhook: null, why: null };
  try {
    const readFile = (path: string): string => readFileSync(path, 'utf8');
    return { webhook: resolveSecret(webhook, `The webhook of flow ${name}`, { env: process.env, readFile }), why: null };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { webhook: null, why: error.message };
  }
}
