import { Failure } from '../../errors.ts';

/**
 * Work that is given up after so long, however much of an answer has come by then.
 * @throws {Failure} `facility_unreachable` (again)
 */
export async function within<T>(limitMs: number, what: string, signal: AbortSignal, work: (either: AbortSignal) => Promise<T>): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await work(AbortSignal.any([signal, limit]));
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) throw error;
    throw new Failure({
      kind: 'again',
      code: 'facility_unreachable',
      happened: `The facility did not answer ${what} within ${limitMs / 1000} s`,
      cause: error,
    });
  }
}
