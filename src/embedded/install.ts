import { pathToFileURL } from 'node:url';
import { isFailure } from '../errors.ts';
import type { Report } from './progress.ts';
import { findPrograms } from './servers.ts';

/** Finds or installs every server of the embedded default. With all there it looks at a few files. */
export async function installEmbedded({ report }: { readonly report: Report }): Promise<void> {
  await findPrograms(report, {}, { s3: true });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await installEmbedded({ report: (line) => console.error(line) });
  } catch (error) {
    if (!isFailure(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
