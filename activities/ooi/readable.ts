import { isFailure } from '../../src/errors.ts';

/** Reads of the live store; or why that cannot be done, however often it is tried. */
export async function ifReadable<T>(
  read: () => Promise<T>,
): Promise<{ readonly state: 'read'; readonly value: T } | { readonly state: 'unreadable'; readonly why: string }> {
  try {
    return { state: 'read', value: await read() };
  } catch (error) {
    if (isFailure(error) && error.kind === 'stop') return { state: 'unreadable', why: error.message };
    throw error;
  }
}
