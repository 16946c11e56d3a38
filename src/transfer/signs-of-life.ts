const EVERY_MS = 1000;

/** Calls `tell` about once a second while long work that says nothing itself goes on. */
export async function withSignsOfLife<T>(work: Promise<T>, tell: () => void, everyMs: number = EVERY_MS): Promise<T> {
  const timer = setInterval(tell, everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
