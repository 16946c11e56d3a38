/** What a person is told instead of a stack trace. */
export class Sentence extends Error {}

export const say = (line) => console.error(line);

/** Says what is done, every ten seconds that it still goes on, and how long it took if that was worth a word. */
export async function saying(what, work) {
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  say(`${what} …`);
  const timer = setInterval(() => say(`${what}: ${seconds()} s so far`), 10_000);
  try {
    const result = await work();
    if (seconds() >= 3) say(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
