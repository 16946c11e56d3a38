const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `1.5 MB`: one digit behind the point, steps of 1024, as readers of the statistics know it. */
export function sizeText(bytes: number): string {
  const step = UNITS.findIndex((_, at) => bytes < 1024 ** (at + 1) || at === UNITS.length - 1);
  return `${(bytes / 1024 ** step).toFixed(1)} ${UNITS[step] ?? ''}`;
}
