import { lookup } from 'node:dns/promises';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { cached, cachedOrBuilt } from './cache.ts';
import { type Report, withProgress } from './progress.ts';

/** Where the vendor's package downloads from. */
const VENDOR_HOST = 'temporal.download';

/** Asks the vendor's own package, outside this process because it brings the whole SDK's native library. */
const DOWNLOADER = fileURLToPath(new URL('../../tools/lib/download-temporal.js', import.meta.url));

/** A download that has not ended by then is given up for a build. Milliseconds. */
const GIVE_UP_MS = 180_000;

const entryOf = (version: string) => ({ name: 'temporal-vendor', version });

/** What was downloaded before, or null. */
export function temporalFromVendor(version: string): string | null {
  const folder = cached(entryOf(version));
  return folder === null ? null : join(folder, 'temporal');
}

/** The vendor's own `temporal` program, or null when it cannot be had: without a name server that is known in 20 ms. */
export async function downloadedTemporal(version: string, report: Report): Promise<string | null> {
  if (!(await resolves(VENDOR_HOST))) return null;
  try {
    const folder = await cachedOrBuilt(entryOf(version), report, ({ result, scratch }) =>
      withProgress(report, `Downloading Temporal ${version}`, async () => {
        const args = [DOWNLOADER, scratch, version];
        const { stdout } = await execa(process.execPath, args, { timeout: GIVE_UP_MS, stdin: 'ignore' });
        await rename(stdout.trim(), join(result, 'temporal'));
      }),
    );
    return join(folder, 'temporal');
  } catch (error) {
    report(
      `Temporal could not be downloaded from ${VENDOR_HOST}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
    );
    return null;
  }
}

async function resolves(host: string): Promise<boolean> {
  try {
    await lookup(host);
    return true;
  } catch {
    return false;
  }
}
