import { Failure, isFailure } from '../errors.ts';
import { shownText } from '../formats/netcdf/text.ts';

/** Why a profile cannot be translated. Its older document stays as it is. */
export const REJECTION_CODES = [
  'unreadable_file',
  'bad_data_mode',
  'missing_cycle_number',
  'location_out_of_range',
  'no_pressure_variable',
  'missing_variable',
  /** Raised where the document is written: the database refuses it. */
  'schema_violation',
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

/** A rejection of what `path` holds: `<path> <what>.` and what was expected. What comes out of the file is bounded and safe to print. */
export function rejection(code: RejectionCode, path: string, what: string, expected?: string): Failure {
  return new Failure({
    kind: 'stop',
    code,
    happened: `${path} ${shownText(what)}`,
    ...(expected === undefined ? {} : { expected }),
    remedy: 'Wait for a corrected file from its data centre, or report it there; until then the older document stays',
  });
}

export const isRejection = (error: unknown): error is Failure & { readonly code: RejectionCode } => isFailure(error, ...REJECTION_CODES);
