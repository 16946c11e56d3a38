import type { AttributeValue, NcType, Values } from '../formats/netcdf/file.ts';
import { rejection } from './rejections.ts';

/** What of one variable concerns the first profile of a file. */
export interface ProfileVariable {
  readonly type: NcType;
  /** Cells of the first profile, C order. `char` is raw bytes. */
  readonly values: Values;
  /** Cells along the last dimension: the length of one string of a text variable. */
  readonly width: number;
  /** The `_FillValue` attribute. */
  readonly fill: AttributeValue | null;
  readonly units: string | null;
}

/** The first profile of one file, out of its container: only the variables a document is made of, undecoded. */
export interface ProfileFile {
  /** Relative to the mirror root. */
  readonly path: string;
  readonly kind: 'core' | 'synthetic';
  readonly variables: ReadonlyMap<string, ProfileVariable>;
}

/**
 * The variable of this name.
 * @throws {Failure} `missing_variable`: the file lacks it.
 */
export function requireVariable(file: ProfileFile, name: string): ProfileVariable {
  const variable = file.variables.get(name);
  if (variable === undefined) throw rejection('missing_variable', file.path, `has no variable ${name}`, 'one, as the Argo format demands');
  return variable;
}
