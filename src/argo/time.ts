const DAY_NS = 86_400e9;
const JULD_EPOCH_MS = Date.UTC(1950, 0, 1);
const LARGEST_DATE_MS = 8.64e15;

/**
 * JULD (days since 1950-01-01 UTC, a double) as an instant, or null when no `Date` can carry it.
 *
 * The days become whole nanoseconds in double arithmetic and are cut to milliseconds after that, so full seconds often end in .999:
 * that is how the collection has always been filled, and what its checkers expect.
 */
export function timeOfJuld(days: number): Date | null {
  const nanoseconds = Math.trunc(days * DAY_NS);
  if (!Number.isFinite(nanoseconds)) return null;
  const milliseconds = JULD_EPOCH_MS + floorToMillions(nanoseconds);
  return Math.abs(milliseconds) <= LARGEST_DATE_MS ? new Date(milliseconds) : null;
}

/** Above 2⁵³ a double division by a million would round up at the very edge, so the division is one of integers. */
function floorToMillions(integer: number): number {
  const whole = BigInt(integer);
  const quotient = whole / 1_000_000n;
  return Number(whole < 0n && quotient * 1_000_000n !== whole ? quotient - 1n : quotient);
}

const DATE_UPDATE = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;

/** DATE_UPDATE (`YYYYMMDDHHMMSS`, UTC) as an instant, or null when it is not 14 digits that name one. */
export function timeOfDateUpdate(text: string): Date | null {
  const match = DATE_UPDATE.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = new Date(iso);
  // `new Date` moves 30 February on to March.
  return !Number.isNaN(time.getTime()) && time.toISOString() === iso ? time : null;
}
