import { type Answer, json } from './answer.ts';
import type { Endpoint } from './endpoints.ts';
import type { Fault, Switches } from './switches.ts';

/** Decides what goes wrong with which request. Counts how often it did. */
export interface Faults {
  /** The first fault that fits and is not used up. */
  take(endpoint: Endpoint, path: string): Fault | null;
  /** 429 where too many came lately; null: go on. */
  limit(endpoint: Endpoint, path: string): Answer | null;
}

export function createFaults(switches: () => Switches, now: () => number = () => performance.now()): Faults {
  const used = new WeakMap<Fault, number>();
  let lately: number[] = [];
  return {
    take(endpoint, path) {
      const fits = (fault: Fault): boolean =>
        (fault.endpoint === undefined || fault.endpoint === endpoint) &&
        (fault.match === undefined || path.includes(fault.match)) &&
        (fault.times === undefined || (used.get(fault) ?? 0) < fault.times);
      const fault = switches().faults.find(fits) ?? null;
      if (fault !== null) used.set(fault, (used.get(fault) ?? 0) + 1);
      return fault;
    },
    limit(_, path) {
      const { rateLimit } = switches();
      if (rateLimit === null || !path.startsWith('/api/')) return null;
      const at = now();
      lately = lately.filter((one) => at - one < rateLimit.perSeconds * 1000);
      if (lately.length >= rateLimit.requests)
        return json({ message: 'Too Many Requests', status_code: 429 }, 429, { 'retry-after': String(rateLimit.retryAfterSeconds) });
      lately.push(at);
      return null;
    },
  };
}
