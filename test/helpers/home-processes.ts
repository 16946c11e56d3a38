import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Command lines of the living processes that work in a folder: it is named in their arguments or in their environment. */
export function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const [line, environment, status] = ['cmdline', 'environ', 'status'].map((file) => textOf(join('/proc', pid, file)));
      const isOurs = line?.includes(folder) === true || environment?.includes(folder) === true;
      return isOurs && !/^State:\s+[ZX]/m.test(status ?? '') ? [`${pid} ${line?.replaceAll('\0', ' ')}`] : [];
    });
}

/** Nothing, when the process has ended meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
