import type { Secret } from '../../config/secret.ts';
import type { MailSettings } from '../../config/settings-mail.ts';
import { Failure } from '../../errors.ts';
import { type Incident, type Message, messageOf } from './incident.ts';
import { sendMail } from './mail.ts';
import { NotSent } from './not-sent.ts';
import type { Notices } from './notices.ts';
import { postWebhook } from './webhook.ts';

export type Channel = 'mail' | 'webhook';

export interface Recipients {
  readonly mail: readonly string[];
  /** The address; null: none. */
  readonly webhook: Secret | null;
}

export interface Notified {
  readonly sent: readonly Channel[];
  /** Went out before, or somebody is at it. */
  readonly before: readonly Channel[];
  /** Sentences, for the run's record and the log. */
  readonly failed: readonly { readonly channel: Channel; readonly why: string }[];
}

export interface NotifyWith {
  /** null: the environment names no mail server. */
  readonly mail: MailSettings | null;
  readonly notices: Notices;
  /** Texts that must be in no message. */
  readonly secrets?: readonly Secret[];
}

/**
 * Tells people of an incident: at most one message for each channel, however often it is called. Nothing that fails is thrown: a run that could not
 * tell anybody has still done what it did, and its record says so.
 */
export async function notify(incident: Incident, to: Recipients, { mail, notices, secrets = [] }: NotifyWith): Promise<Notified> {
  const webhook = to.webhook;
  const known = [...secrets, ...(mail === null ? [] : [mail.smtp]), ...(webhook === null ? [] : [webhook])];
  const message = messageOf(incident, known);
  const channels: readonly (readonly [Channel, (message: Message) => Promise<void>])[] = [
    ...(to.mail.length === 0 ? [] : [['mail', (one: Message) => mailed(mail, to.mail, one)] as const]),
    ...(webhook === null ? [] : [['webhook', (one: Message) => postWebhook(webhook, one)] as const]),
  ];
  const outcomes = await Promise.all(
    channels.map(async ([channel, send]) => ({ channel, ...(await once(channel, message, send, notices, incident.at)) })),
  );
  return {
    sent: outcomes.filter(({ state }) => state === 'sent').map(({ channel }) => channel),
    before: outcomes.filter(({ state }) => state === 'before').map(({ channel }) => channel),
    failed: outcomes.flatMap(({ channel, why }) => (why === undefined ? [] : [{ channel, why }])),
  };
}

async function mailed(mail: MailSettings | null, to: readonly string[], message: Message): Promise<void> {
  if (mail === null) throw new NotSent('no mail server is named: set SMTP_URL and LANDFALL_MAIL_FROM for the workers', true);
  await sendMail(mail, to, message);
}

interface Outcome {
  readonly state: 'sent' | 'before' | 'failed';
  readonly why?: string;
}

async function once(
  channel: Channel,
  message: Message,
  send: (message: Message) => Promise<void>,
  notices: Notices,
  at: Date,
): Promise<Outcome> {
  try {
    if (!(await notices.claim(message.id, channel, at))) return { state: 'before' };
    await send(message);
    return { state: 'sent' };
  } catch (error) {
    if (error instanceof Failure) return { state: 'failed', why: `The ${channel} was not sent: ${error.message}` };
    if (!(error instanceof NotSent)) throw error;
    if (!error.isCertain)
      return { state: 'failed', why: `It is not known whether the ${channel} went out: ${error.message}. It is not sent again.` };
    const released = await notices.release(message.id, channel).then(
      () => '',
      (failure: unknown) => {
        if (!(failure instanceof Failure)) throw failure;
        return ' It is not tried again, since that could not be written down.';
      },
    );
    return { state: 'failed', why: `The ${channel} could not be sent: ${error.message}.${released}` };
  }
}
