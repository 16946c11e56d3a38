/** The facility's own time, which goes faster, stands still or jumps when told so. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  readonly speed: number;
  advance(seconds: number): void;
  /** Seconds that go by in a second; 0 stands still. */
  setSpeed(speed: number): void;
}

/** @param startMs what it shows now. */
export function createClock(startMs: number, initialSpeed: number, real: () => number = () => performance.now()): Clock {
  let speed = initialSpeed;
  let shown = startMs;
  let since = real();
  const settle = (): number => {
    const at = real();
    shown += (at - since) * speed;
    since = at;
    return shown;
  };
  return {
    now: () => Math.floor(settle()),
    get speed() {
      return speed;
    },
    advance(seconds) {
      shown = settle() + seconds * 1000;
    },
    setSpeed(next) {
      settle();
      speed = next;
    },
  };
}

/** `20240912T101500123Z`, as request directories are named. */
export const directoryStamp = (ms: number): string => new Date(ms).toISOString().replace(/[-:.]/g, '');
