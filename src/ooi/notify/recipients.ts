import { type ReadText, resolveSecret } from '../../config/secret.ts';
import { isFailure } from '../../errors.ts';
import type { OoiFlow } from '../flow.ts';
import type { Incident } from './incident.ts';
import { type Notified, type NotifyWith, notify } from './notify.ts';

export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadText;
}

/** Tells those that the flow names, as {@link notify} does. An address that is not where the flow says is said like any other failure. */
export async function tell(incident: Incident, { name, notify: named }: OoiFlow, places: SecretPlaces, use: NotifyWith): Promise<Notified> {
  const mail = named.mail;
  try {
    const webhook = named.webhook === undefined ? null : resolveSecret(named.webhook, `the webhook of flow ${name}`, places);
    return await notify(incident, { mail, webhook }, use);
  } catch (error) {
    if (!isFailure(error, 'missing_secret')) throw error;
    const told = await notify(incident, { mail, webhook: null }, use);
    return { ...told, failed: [...told.failed, { channel: 'webhook', why: `The webhook could not be sent: ${error.message}` }] };
  }
}
