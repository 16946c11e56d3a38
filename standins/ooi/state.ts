import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { defectSchema, outcomeSchema } from './switches.ts';
import type { AcceptedRequest } from './world.ts';

/** What a facility remembers when it is stopped, however that happens: a line for each thing, written when it happens. */
export interface Memory {
  /** Of earlier starts, in their order. */
  readonly requests: readonly AcceptedRequest[];
  /** The latest that the clock is known to have shown, milliseconds since 1970; 0: not known. */
  readonly clockMs: number;
  keepRequest(request: AcceptedRequest): void;
  keepClock(nowMs: number): void;
}

/** An accepted request as `/standin/requests` tells it. */
export const requestSchema = z.object({
  id: z.string(),
  table: z.string(),
  directory: z.string(),
  acceptedAt: z.number(),
  begin: z.number().nullable(),
  end: z.number().nullable(),
  query: z.record(z.string(), z.string()),
  outcome: outcomeSchema,
  defects: z.array(defectSchema),
});
const line = z.union([z.object({ request: requestSchema }), z.object({ clockMs: z.number() })]);

/** @param folder made where it is not there; null: nothing is remembered. */
export function openMemory(folder: string | null): Memory {
  if (folder === null) return { requests: [], clockMs: 0, keepRequest: () => undefined, keepClock: () => undefined };
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'facility.jsonl');
  const lines = (existsSync(path) ? readFileSync(path, 'utf8') : '').split('\n').filter((text) => text !== '');
  const known = lines.map((text) => line.parse(JSON.parse(text)));
  const keep = (value: z.output<typeof line>): void => appendFileSync(path, `${JSON.stringify(value)}\n`);
  return {
    requests: known.flatMap((one) => ('request' in one ? [one.request] : [])),
    clockMs: Math.max(0, ...known.map((one) => ('request' in one ? one.request.acceptedAt : one.clockMs))),
    keepRequest: (accepted) => keep({ request: { ...accepted, query: { ...accepted.query }, defects: [...accepted.defects] } }),
    keepClock: (clockMs) => keep({ clockMs }),
  };
}
