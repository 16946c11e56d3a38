import { PRESSURE_KEY } from '../keys.ts';
import type { FileLevels } from '../levels.ts';
import { round6 } from '../numbers.ts';
import { type Finding, shownValue } from './findings.ts';
import { levelsIn, type StoredDocument, type StoredLevels } from './stored.ts';

export interface MeasuredFile {
  readonly path: string;
  readonly levels: FileLevels;
}

/** Compares measurements file by file with those of one document, and remembers which stored values the files account for. */
export class Measurements {
  readonly #files: readonly MeasuredFile[];
  readonly #stored: StoredLevels;
  /** Unrounded pressures of all files by the rounded one, ascending: almost always one. */
  readonly #unrounded: ReadonlyMap<number, readonly number[]>;
  readonly #accounted = new Map<string, Set<number>>();

  constructor(profile: StoredDocument, files: readonly MeasuredFile[]) {
    this.#files = files;
    this.#stored = levelsIn(profile, PRESSURE_KEY);
    this.#unrounded = byRounded(files.flatMap(({ levels }) => levels.pressures));
  }

  /** Every level of the file must be there, with the file's values: exactly, once they are rounded as the documents are. */
  compare(file: MeasuredFile): readonly Finding[] {
    const later = this.#files
      .slice(this.#files.indexOf(file) + 1)
      .map(({ levels }) => ({ keys: levels.columns, pressures: new Set(levels.pressures) }));
    const findings: Finding[] = [];
    file.levels.pressures.forEach((unrounded, at) => {
      const pressure = round6(unrounded);
      const column = this.#columnOf(unrounded, pressure);
      if (column === undefined) {
        findings.push({ code: 'level_not_found', path: file.path, field: PRESSURE_KEY, pressure, stored: null, upstream: pressure });
        return;
      }
      // Where two files know the same key at the same level the later one counts, here as in the document.
      const over = later.filter(({ pressures }) => pressures.has(unrounded));
      for (const [key, { cell }] of file.levels.columns) {
        if (over.some(({ keys }) => keys.has(key))) continue;
        const upstream = cell(file.levels.levels[at] ?? -1);
        const stored = this.#stored.rows.get(key)?.[column] ?? null;
        if (stored === upstream) this.#account(key, column);
        else findings.push({ code: 'data_mismatch', path: file.path, field: key, pressure, stored: shownValue(stored), upstream });
      }
    });
    return findings;
  }

  /** Keys with a stored value that no file accounts for: the first such value of each. To be asked when all files are compared. */
  unexplained(): readonly Finding[] {
    return this.#stored.keys.flatMap((key): readonly Finding[] => {
      const row = this.#stored.rows.get(key) ?? [];
      const known = this.#accounted.get(key);
      const column = row.findIndex((value, at) => value !== null && known?.has(at) !== true);
      if (column === -1) return [];
      const pressure = this.#stored.rows.get(PRESSURE_KEY)?.[column];
      return [
        {
          code: 'unexplained_value',
          path: null,
          field: key,
          pressure: typeof pressure === 'number' ? pressure : null,
          stored: shownValue(row[column]),
          upstream: null,
        },
      ];
    });
  }

  /** The first column at a rounded pressure; where several unrounded ones became the same, they stand in their own order. */
  #columnOf(unrounded: number, pressure: number): number | undefined {
    const rank = this.#unrounded.get(pressure)?.indexOf(unrounded) ?? 0;
    return this.#stored.at(pressure)[Math.max(rank, 0)];
  }

  #account(key: string, column: number): void {
    const known = this.#accounted.get(key);
    if (known === undefined) this.#accounted.set(key, new Set([column]));
    else known.add(column);
  }
}

function byRounded(pressures: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const pressure of [...new Set(pressures)].sort((a, b) => a - b)) {
    const rounded = round6(pressure);
    const there = found.get(rounded);
    if (there === undefined) found.set(rounded, [pressure]);
    else there.push(pressure);
  }
  return found;
}
