import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, html, json, maintenance, notFound } from './answer.ts';
import type { Fault } from './switches.ts';

/** What a fault makes of an answer, before any of it is sent. */
export function faulty(answer: Answer, fault: Fault | null): Answer {
  switch (fault?.kind) {
    case 'status': {
      const headers: Record<string, string> =
        fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
      return json({ message: 'Internal Server Error', status_code: fault.status }, fault.status, headers);
    }
    case 'maintenance':
      return maintenance();
    case 'html':
      return html('Service Unavailable', 'Please try again later.');
    case 'expired':
      return notFound();
    case 'truncated':
      return { ...answer, body: answer.body.subarray(0, Math.floor(answer.body.length * fault.share)) };
    default:
      return answer;
  }
}

/** Sends an answer, cut, slow or not at all as the fault says. @returns the status that was sent; 0: none, or not to its end. */
export async function deliver(response: ServerResponse, answer: Answer, fault: Fault | null, isHead: boolean): Promise<number> {
  const { status, type, body, headers } = answer;
  if (fault?.kind === 'silent') {
    await once(response, 'close');
    return 0;
  }
  if (fault?.kind === 'late') await pause(fault.lateMs);
  const length = status === 304 ? {} : { 'content-length': body.length };
  response.writeHead(status, { 'content-type': type, ...length, ...headers });
  if (isHead || status === 304) response.end();
  else if (fault?.kind === 'cut') return await cut(response, body.subarray(0, Math.floor(body.length * fault.share)));
  else if (fault?.kind === 'slow') return (await trickle(response, body, fault.bytesPerSecond)) ? status : 0;
  else response.end(body);
  return status;
}

async function cut(response: ServerResponse, part: Buffer): Promise<number> {
  await new Promise((resolve) => response.write(part, resolve));
  response.destroy();
  return 0;
}

const STEPS_PER_SECOND = 20;

/** @returns whether all of it was sent. */
async function trickle(response: ServerResponse, body: Buffer, bytesPerSecond: number): Promise<boolean> {
  const step = Math.max(1, Math.ceil(bytesPerSecond / STEPS_PER_SECOND));
  for (let at = 0; at < body.length; at += step) {
    if (response.destroyed) return false;
    response.write(body.subarray(at, at + step));
    await pause(1000 / STEPS_PER_SECOND);
  }
  response.end();
  return true;
}
