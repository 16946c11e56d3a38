import type { Data, DataInfo, DataMode } from './documents.ts';
import { PRESSURE_KEY } from './keys.ts';
import type { Column, FileLevels } from './levels.ts';

export interface MergedLevels {
  readonly data: Data;
  readonly data_info: DataInfo;
}

/** The level of each file at one pressure after the other, `NO_LEVEL` where a file has none there. One list per file. */
type Alignment = readonly (readonly number[])[];

const NO_LEVEL = -1;

/**
 * Puts the levels of a profile's files (in load order) together: one level per unrounded pressure, ascending.
 * Where two files know the same key at the same level, the later file counts.
 */
export function mergeLevels(files: readonly FileLevels[]): MergedLevels {
  const keys = [...new Set(files.flatMap(({ columns }) => [...columns.keys()]))].sort();
  const aligned = align(files);
  const data = aligned[0]?.length === 0 ? [] : keys.map((key) => cellsOf(key, files, aligned));
  return { data, data_info: [keys, ['units', 'data_keys_mode'], keys.map((key) => infoOf(key, files))] };
}

function align(files: readonly FileLevels[]): Alignment {
  const [only, ...others] = files;
  if (only !== undefined && others.length === 0) return [only.levels];

  const aligned: number[][] = files.map(() => []);
  const next = files.map(() => 0);
  for (;;) {
    const heads = files.map(({ pressures }, at) => pressures[next[at] ?? 0]).filter((head) => head !== undefined);
    if (heads.length === 0) return aligned;
    const pressure = Math.min(...heads);
    files.forEach(({ pressures, levels }, at) => {
      const index = next[at] ?? 0;
      const isThere = pressures[index] === pressure;
      aligned[at]?.push(isThere ? (levels[index] ?? NO_LEVEL) : NO_LEVEL);
      if (isThere) next[at] = index + 1;
    });
  }
}

function cellsOf(key: string, files: readonly FileLevels[], aligned: Alignment): (number | null)[] {
  let cells: (number | null)[] = [];
  files.forEach(({ columns }, at) => {
    const column = columns.get(key);
    const levels = aligned[at];
    if (column === undefined || levels === undefined) return;
    const earlier = cells;
    cells = levels.map((level, row) => (level === NO_LEVEL ? (earlier[row] ?? null) : column.cell(level)));
  });
  return cells;
}

function infoOf(key: string, files: readonly FileLevels[]): readonly [string | null, DataMode | null] {
  const columns = files.map(({ columns }) => columns.get(key)).filter((column): column is Column => column !== undefined);
  const unit = columns.at(-1)?.unit ?? null;
  return [unit, key === PRESSURE_KEY ? leastModeOf(files) : (columns.at(-1)?.mode ?? null)];
}

/** R if any file says so, else A if any does, else D. */
function leastModeOf(files: readonly FileLevels[]): DataMode {
  const modes = files.map(({ pressureMode }) => pressureMode);
  return modes.find((mode) => mode === 'R') ?? modes.find((mode) => mode === 'A') ?? 'D';
}
