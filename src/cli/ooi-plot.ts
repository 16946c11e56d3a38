import { writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { Failure, messageOf } from '../errors.ts';
import { formatItems } from '../observe/format.ts';
import { flowTable } from '../ooi/form.ts';
import { plotSeries } from '../ooi/report/picture/plot-series.ts';
import type { Context } from './context.ts';
import { noStoreYet, streamFlow, withSeries } from './ooi-series.ts';
import type { Answer } from './output.ts';

export interface PlotOptions {
  readonly out?: string;
}

/** Draws one variable of a stream's live store, with its gaps, into a file. */
export async function plot(context: Context, name: string, variable: string, { out }: PlotOptions): Promise<Answer> {
  const flow = await streamFlow(context, name);
  const file = resolve(out ?? `${name}-${variable.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}.svg`);
  refuseOther(file);
  const { svg, series, values } = await withSeries(context, flow, async (store) => {
    const live = await store.live();
    if (live === null) throw noStoreYet(name);
    return plotSeries({ store: live.chunks, group: live.group }, variable, { title: `${variable} of ${flowTable(flow)}` });
  });
  await writeFile(file, svg).catch((cause: unknown) => {
    throw new Failure({
      kind: 'stop',
      code: 'unwritable',
      happened: `The picture cannot be written to ${file}: ${messageOf(cause)}`,
      remedy: 'Name another file with --out',
      cause,
    });
  });
  const { rows, first, last, gaps } = series;
  return {
    value: { file, variable, rows, first, last, gaps, values },
    text: `${file}: ${formatItems(rows, 'row')}, ${formatItems(gaps.length, 'gap')}. Open it with a browser.`,
  };
}

/** A picture under the name of another kind opens nowhere. @throws {Failure} `usage` (stop) */
function refuseOther(file: string): void {
  const ending = extname(file).toLowerCase();
  if (ending === '' || ending === '.svg') return;
  throw new Failure({
    kind: 'stop',
    code: 'usage',
    happened: `The picture is SVG, and ${file} ends with ${ending}`,
    expected: 'a name that ends with .svg',
    remedy: 'Name another file with --out',
  });
}
