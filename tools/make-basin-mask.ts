/**
 * Makes src/argo/basin-mask.ts from a table of the one-degree basin mask of NOAA's World Ocean Atlas.
 *
 * Usage: node tools/make-basin-mask.ts basinmask.csv > src/argo/basin-mask.ts
 *
 * The table: a first row of longitudes (-179.5 … 179.5), then one row per latitude from south to north (-77.5 … 89.5):
 * the latitude, then a basin code per longitude, empty on land.
 */
import { readFileSync } from 'node:fs';
import { argv, exit, stderr, stdout } from 'node:process';

const source = argv[2];
if (source === undefined) {
  stderr.write('Usage: node tools/make-basin-mask.ts basinmask.csv > src/argo/basin-mask.ts\n');
  exit(2);
}

/** Run lengths of one row: `12:2` is twelve cells of basin 2, `5:` five cells of land. */
function runs(cells: readonly string[]): string {
  const found: { code: string; length: number }[] = [];
  for (const code of cells) {
    const last = found.at(-1);
    if (last?.code === code) last.length += 1;
    else found.push({ code, length: 1 });
  }
  return found.map(({ code, length }) => `${length}:${code}`).join(' ');
}

const [, ...rows] = readFileSync(source, 'utf8').trimEnd().split(/\r?\n/);

stdout.write(`/**
 * One-degree basin mask of NOAA's World Ocean Atlas (a work of the United States government), made by tools/make-basin-mask.ts.
 *
 * One row per degree of latitude, centres from -77.5 northward; in a row 360 cells, centres from -179.5 eastward,
 * as run lengths: \`12:2\` is twelve cells of basin 2, \`5:\` five cells of land.
 */
export const BASIN_MASK_ROWS: readonly string[] = [
${rows.map((row) => `  '${runs(row.split(',').slice(1))}',`).join('\n')}
];
`);
