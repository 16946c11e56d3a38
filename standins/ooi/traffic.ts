import type { Endpoint } from './endpoints.ts';

/** One request as it came. */
export interface Visit {
  /** Milliseconds since 1970, of the machine's clock. */
  readonly at: number;
  readonly endpoint: Endpoint;
  /** With its query. */
  readonly path: string;
  /** Requests of the interface (`/api`) under way, this one included. */
  readonly underWay: number;
  /** 0: not answered yet, or broken off. */
  status: number;
}

export interface Traffic {
  begin(endpoint: Endpoint, path: string): Visit;
  end(visit: Visit, status: number): void;
  /** In the order they came; the last 100,000. */
  readonly visits: readonly Visit[];
  /** Since the start, by endpoint. */
  readonly counts: Readonly<Partial<Record<Endpoint, number>>>;
  /** Most requests of the interface under way at once. */
  readonly mostAtOnce: number;
  clear(): void;
}

const KEPT = 100_000;

export function createTraffic(now: () => number = Date.now): Traffic {
  let visits: Visit[] = [];
  let counts: Partial<Record<Endpoint, number>> = {};
  let underWay = 0;
  let mostAtOnce = 0;
  const isApi = (path: string): boolean => path.startsWith('/api/');
  return {
    begin(endpoint, path) {
      counts[endpoint] = (counts[endpoint] ?? 0) + 1;
      if (isApi(path)) underWay += 1;
      mostAtOnce = Math.max(mostAtOnce, underWay);
      const visit: Visit = { at: now(), endpoint, path, underWay, status: 0 };
      visits.push(visit);
      if (visits.length > 2 * KEPT) visits = visits.slice(-KEPT);
      return visit;
    },
    end(visit, status) {
      visit.status = status;
      if (isApi(visit.path)) underWay -= 1;
    },
    get visits() {
      return visits.slice(-KEPT);
    },
    get counts() {
      return { ...counts };
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    clear() {
      visits = [];
      counts = {};
      mostAtOnce = underWay;
    },
  };
}
