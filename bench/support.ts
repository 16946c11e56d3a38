import { readFileSync } from 'node:fs';
import { stdout } from 'node:process';
import { argoCollections } from '../src/argo/collections.ts';
import { bookCollections } from '../src/stores/collection-spec.ts';
import { applyCollections } from '../src/stores/collections.ts';
import type { Database } from '../src/stores/mongo.ts';
import { Runs } from '../src/stores/runs.ts';

export const say = (line: string): void => void stdout.write(`${line}\n`);

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Collections as `apply` makes them, for a contender of its own. */
export async function prepared(database: Database, products: string, book: string): Promise<void> {
  await applyCollections(database.products(book), bookCollections);
  await applyCollections(database.products(products), argoCollections({ argo: 'argo', argoMeta: 'argoMeta' }));
}

/** Peak resident memory of a process so far, MiB. */
export function peakMemory(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

export interface PhaseSeconds {
  readonly phase: string;
  readonly seconds: number;
}

/** Seconds per phase, as the run's own progress shows them. */
export function watchPhases(database: Database): { readonly end: () => readonly PhaseSeconds[] } {
  const runs = new Runs(database);
  const began = new Map<string, number>();
  const look = setInterval(() => {
    runs.latest(null, 1).then(
      ([run]) => {
        if (run !== undefined && !began.has(run.progress.phase)) began.set(run.progress.phase, performance.now());
      },
      () => undefined,
    );
  }, 100);
  return {
    end: (): readonly PhaseSeconds[] => {
      clearInterval(look);
      const starts = [...began, ['', performance.now()] as const];
      return starts.slice(0, -1).map(([phase, at], n) => ({ phase, seconds: ((starts[n + 1]?.[1] ?? at) - at) / 1000 }));
    },
  };
}
