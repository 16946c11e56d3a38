/** Takes one line about what is being done. */
export type Report = (line: string) => void;

/** How often a step that goes on says so. Milliseconds. */
const EVERY_MS = 10_000;

/** Says what is done now, every ten seconds that it still goes on, and how long it took if that was worth a word. */
export async function withProgress<T>(report: Report, what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  report(`${what} …`);
  const timer = setInterval(() => report(`${what}: ${seconds()} s so far`), EVERY_MS);
  try {
    const result = await work();
    if (seconds() >= 3) report(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
