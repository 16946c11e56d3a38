import type { Hdf5Pool } from '../formats/netcdf/hdf5-pool.ts';
import { openNetcdf } from '../formats/netcdf/open.ts';
import { extractProfile } from './extract.ts';
import { keyText } from './names.ts';
import { type Translated, type TranslationContext, translateProfile } from './profile.ts';
import type { ProfileFile } from './profile-file.ts';
import { isRejection, type RejectionCode, rejection } from './rejections.ts';
import { groupLine, type ProfileGroup } from './select.ts';

/** A file of a profile, read whole. */
export interface FileBytes {
  /** Relative to the mirror root. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type TranslationOutcome =
  | ({ readonly state: 'translated' } & Translated)
  | { readonly state: 'rejected'; readonly code: RejectionCode; readonly message: string };

export interface TranslateOptions extends TranslationContext {
  readonly hdf5: Hdf5Pool;
}

/**
 * Makes the documents of one profile from the bytes of its files, in load order (synthetic, then core).
 * A rejection is an answer; every other failure is thrown.
 */
export async function translateFiles(
  group: ProfileGroup,
  files: readonly FileBytes[],
  options: TranslateOptions,
): Promise<TranslationOutcome> {
  const [first, ...rest] = files;
  if (first === undefined) throw rejection('unreadable_file', keyText(group), 'was given without any of its files', groupLine(group));
  try {
    const head = await extract(first, options.hdf5);
    const tail: ProfileFile[] = [];
    for (const file of rest) tail.push(await extract(file, options.hdf5));
    return { state: 'translated', ...translateProfile(head, tail, options) };
  } catch (error) {
    if (!isRejection(error)) throw error;
    return { state: 'rejected', code: error.code, message: error.message };
  }
}

async function extract({ path, bytes }: FileBytes, hdf5: Hdf5Pool): Promise<ProfileFile> {
  const netcdf = await openNetcdf(path, { bytes, hdf5 });
  try {
    return await extractProfile(netcdf, path);
  } finally {
    await netcdf.close();
  }
}
