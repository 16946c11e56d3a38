import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A configuration as all files of the existing harvest look, the misspelling among it. */
export const legacyText = (instrument: string, method: string, stream: string): string => `instrument: ${instrument}
stream:
  method: ${method}
  name: ${stream}
harvest_options:
  path: s3://ooi-data
  refresh: false
  test: false
  goldcopy: false
  force_harvest: false
  path_settings: {}
  custom_range:
    start: null
    end: null
workflow_config:
  schedule: 0 0 * * *
assigness:
- someone
labels:
- process
`;

/** Writes `<folder>/<refdes>/<table>.yaml`. */
export async function writeLegacy(folder: string, instrument: string, table: string, text: string): Promise<string> {
  await mkdir(join(folder, instrument), { recursive: true });
  const file = join(folder, instrument, `${table}.yaml`);
  await writeFile(file, text);
  return file;
}

/** So many configurations, of as many instruments. */
export async function writeLegacyFolder(folder: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const instrument = `CE02SHBP-LJ01D-06-CTDBPN${100 + at}`;
    await writeLegacy(folder, instrument, `${instrument}-streamed-ctdbp_no_sample`, legacyText(instrument, 'streamed', 'ctdbp_no_sample'));
  }
}
