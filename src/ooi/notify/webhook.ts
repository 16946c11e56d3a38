import { createHash } from 'node:crypto';
import type { Secret } from '../../config/secret.ts';
import type { Message } from './incident.ts';
import { NotSent } from './not-sent.ts';

const ANSWER_MS = 30_000;

/**
 * Posts a message as JSON. `Idempotency-Key` is the same for the same incident. Redirections are not followed: the address is a secret and
 * goes nowhere else.
 *
 * @throws {NotSent}
 */
export async function postWebhook(address: Secret, { id, text, fields }: Message): Promise<void> {
  const url = address.reveal();
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new NotSent('its address is none that begins with https:// or http://', true);
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': createHash('sha256').update(id).digest('hex').slice(0, 32),
      },
      body: JSON.stringify({ text, ...fields }),
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch (error) {
    throw unanswered(error);
  }
  await answer.body?.cancel();
  if (!answer.ok) throw new NotSent(`it answered ${answer.status}`, true);
}

/** Node's own message names the address; its code does not. */
function unanswered(error: unknown): NotSent {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  const isRefused = code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  return new NotSent(`it cannot be reached, or did not answer (${typeof code === 'string' ? code : 'no answer in time'})`, isRefused);
}
