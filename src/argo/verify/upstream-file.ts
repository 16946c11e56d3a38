import type { Hdf5Pool } from '../../formats/netcdf/hdf5-pool.ts';
import { openNetcdf } from '../../formats/netcdf/open.ts';
import { extractProfile } from '../extract.ts';
import { type FileLevels, levelsOf } from '../levels.ts';
import { parametersOf } from '../parameters.ts';
import type { ProfileFile } from '../profile-file.ts';
import { isRejection } from '../rejections.ts';
import { firstString } from '../text.ts';
import { timeOfDateUpdate } from '../time.ts';
import type { FileBytes } from '../translate.ts';

/** A source file as it is at the upstream now, taken apart. */
export interface UpstreamFile {
  readonly path: string;
  readonly file: ProfileFile;
  readonly levels: FileLevels;
  /** Its DATE_UPDATE; null: it has none. */
  readonly updated: Date | null;
}

/** A file that no document could be made of, and why. */
export interface RejectedFile {
  readonly path: string;
  readonly message: string;
}

export const isRejectedFile = (file: UpstreamFile | RejectedFile): file is RejectedFile => 'message' in file;
export const isUpstreamFile = (file: UpstreamFile | RejectedFile): file is UpstreamFile => !isRejectedFile(file);

export async function openUpstream({ path, bytes }: FileBytes, hdf5: Hdf5Pool): Promise<UpstreamFile | RejectedFile> {
  try {
    const netcdf = await openNetcdf(path, { bytes, hdf5 });
    try {
      const file = await extractProfile(netcdf, path);
      const updated = timeOfDateUpdate(firstString(file.variables.get('DATE_UPDATE')) ?? '');
      return { path, file, levels: levelsOf(file, parametersOf(file)), updated };
    } finally {
      await netcdf.close();
    }
  } catch (error) {
    if (!isRejection(error)) throw error;
    return { path, message: error.message };
  }
}
