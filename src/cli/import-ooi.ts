import { resolve } from 'node:path';
import { kinds } from '../kinds.ts';
import { formatItems } from '../observe/counts.ts';
import { type Imported, importConfigs } from '../ooi/takeover/import-configs.ts';
import type { Answer } from './output.ts';

export interface ImportOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly place?: string;
}

/** Makes flow files of the configurations of an existing harvest. */
export async function importOoi(folder: string, flows: string, { dryRun, force, place }: ImportOptions): Promise<Answer> {
  const request = { folder: resolve(folder), flows, kinds, place: place ?? null, force: force === true, dryRun: dryRun === true };
  const imported = await importConfigs(request);
  return { value: imported, text: textOf(imported, flows) };
}

function textOf({ files, streams, remarks, dryRun }: Imported, flows: string): string {
  const count = (wanted: string): number => files.filter(({ state }) => state === wanted).length;
  const verb = dryRun ? 'Would write' : 'Wrote';
  const changed = files.filter(({ state }) => state !== 'unchanged');
  const were = `${formatItems(files.length, 'flow file is', 'flow files are')} in ${flows} as the configurations want them`;
  const told = `${verb} ${formatItems(changed.length, 'flow file')} for ${formatItems(streams, 'stream')} into ${flows} (${count('replaced')} replaced, ${count('unchanged')} were as they are).`;
  return [
    ...(dryRun ? changed.map(({ file, state }) => `${state === 'replaced' ? 'replace' : 'write  '} ${file}`) : []),
    ...remarks.map(({ text, files: many, first }) =>
      many === 1 ? `Note: ${first}: ${text}` : `Note: ${text} (${formatItems(many, 'file')}, such as ${first})`,
    ),
    changed.length === 0 ? `Nothing was to be written: ${were}.` : told,
    ...(dryRun || changed.length === 0 ? [] : ['Look them over, then: landfall apply.']),
  ].join('\n');
}
