import { createHash } from 'node:crypto';
import nodemailer from 'nodemailer';
import type { MailSettings } from '../../config/settings-mail.ts';
import { errnoOf } from '../../errors.ts';
import type { Message } from './incident.ts';
import { NotSent } from './not-sent.ts';

const CONNECT_MS = 10_000;
const SILENT_MS = 30_000;

/**
 * Sends a message as mail. One that was sent twice has one `Message-ID`, by which readers of mail show it once.
 *
 * @throws {NotSent} with what is certain about it; the server's own words, which may repeat credentials, are not in it.
 */
export async function sendMail({ smtp, from }: MailSettings, to: readonly string[], message: Message): Promise<void> {
  const times = { connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENT_MS };
  const url = new URL(smtp.reveal());
  for (const [name, value] of Object.entries(times)) url.searchParams.set(name, String(value));
  const transport = nodemailer.createTransport(url.href);
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: message.title,
      text: message.text,
      messageId: `<${createHash('sha256').update(message.id).digest('hex').slice(0, 32)}@landfall>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      // Nothing of a message is ever a file or an address to fetch.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  } catch (error) {
    throw notSent(error);
  } finally {
    transport.close();
  }
}

/** Codes of nodemailer for what goes wrong before anything is handed over. */
const BEFORE: ReadonlySet<string> = new Set(['EDNS', 'EAUTH', 'ENOAUTH', 'ETLS', 'EENVELOPE']);

function notSent(error: unknown): NotSent {
  const code = errnoOf(error) ?? 'no code';
  const status = numberAt(error, 'responseCode');
  const command = textAt(error, 'command');
  if (code === 'EAUTH') return new NotSent('the mail server refused the user name or the password: correct SMTP_URL', true);
  if (status !== null) return new NotSent(`the mail server answered ${status}${command === null ? '' : ` to ${command}`}`, true);
  // A line that breaks later may have broken after the server had taken the message.
  const isCertain = BEFORE.has(code) || textAt(error, 'syscall') === 'connect';
  return new NotSent(`the mail server cannot be reached, or fell silent (${code})`, isCertain);
}

function numberAt(error: unknown, name: string): number | null {
  const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
  return typeof value === 'number' ? value : null;
}

function textAt(error: unknown, name: string): string | null {
  const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' && /^[A-Za-z ]{1,20}$/.test(value) ? value : null;
}
