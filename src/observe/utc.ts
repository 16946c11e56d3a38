/** A moment as people read it, in UTC, to the second: `2026-11-25 23:54:35 UTC`. What is no moment stays as it is. Pure. */
export function utcText(moment: string | number | Date): string {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? String(moment) : `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
