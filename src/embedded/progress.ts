/** Takes one line about what is being done. */
export type Report = (line: string) => void;

/** A step that goes on says so for the first time after so long, then each time it has taken half as long again. Milliseconds. */
const FIRST_MS = 10_000;

/** Says what is done now, now and then that it still goes on, and how long it took if that was worth a word. */
export async function withProgress<T>(report: Report, what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  report(`${what} …`);
  let timer = setTimeout(goesOn, FIRST_MS);
  function goesOn(): void {
    report(`${what}: ${seconds()} s so far`);
    timer = setTimeout(goesOn, (performance.now() - begun) / 2);
  }
  try {
    const result = await work();
    if (seconds() >= 3) report(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}
