import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, Failure } from '../../errors.ts';

/**
 * Writes a flow file whole or not at all.
 *
 * @throws {Failure} `usage` (stop): the file came to be there meanwhile
 */
export async function writeFlowFile(file: string, text: string, { replace }: { readonly replace: boolean }): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  // What begins with a dot is no flow file.
  const beside = join(folder, `.${randomBytes(6).toString('hex')}.landfall`);
  try {
    const opened = await open(beside, 'wx');
    try {
      await opened.writeFile(text);
      await opened.sync();
    } finally {
      await opened.close();
    }
    if (replace) await rename(beside, file);
    else await link(beside, file); // it never replaces
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    throw new Failure({
      kind: 'stop',
      code: 'usage',
      happened: `${file} has come to be there meanwhile`,
      remedy: 'Look at it, then try again',
      cause: error,
    });
  } finally {
    await rm(beside, { force: true });
  }
}
