import { Failure, messageOf } from '../../errors.ts';
import { tableOf as tableName } from '../names.ts';
import { bounded } from './bounded.ts';
import type { InstrumentEntry, ParameterDetails, StreamDetails } from './facility.ts';
import { groupCode } from './group-code.ts';
import type { Made, Omission } from './table.ts';

/** A stream as request records and the table `ooi_streams` have it. Specification 5.4. */
export type StreamRow = {
  readonly table_name: string;
  readonly reference_designator: string;
  readonly platform_code: string;
  readonly mooring_code: string;
  readonly instrument_code: string;
  readonly stream: string;
  readonly method: string;
  readonly count: number | null;
  /** As the facility writes it: `2024-10-14T21:29:55.128Z`. */
  readonly beginTime: string | null;
  readonly endTime: string | null;
  readonly stream_id: number | null;
  readonly stream_rd: string;
  readonly stream_type: string | null;
  readonly stream_content: string | null;
  /** `7,10,11`; null: the facility did not say. */
  readonly parameter_ids: string | null;
  readonly group_code: string | null;
  readonly last_updated: string;
};

export type ParameterRow = {
  readonly pid: number;
  readonly reference_designator: string;
  readonly parameter_name: string | null;
  readonly netcdf_name: string | null;
  readonly standard_name: string | null;
  readonly description: string | null;
  readonly unit: string | null;
  readonly data_level: number | null;
  readonly data_product_type: string | null;
  readonly data_product_identifier: string | null;
  readonly last_updated: string;
};

export interface StreamsAndParameters {
  readonly streams: readonly StreamRow[];
  /** Each once, in ascending order of their ids. */
  readonly parameters: readonly ParameterRow[];
}

type Details = StreamDetails | { readonly why: string };

/**
 * All streams of the instruments with what the facility says of them, and all their parameters. A stream whose details cannot be had stays,
 * with nothing in those columns, and is among the omissions.
 *
 * @param details one call for each name, four at once
 * @throws {Failure} `no_stream_details` (again): none could be had, which says nothing about the streams
 */
export async function streamsAndParameters(
  instruments: readonly InstrumentEntry[],
  details: (stream: string) => Promise<StreamDetails>,
  now: Date,
): Promise<Made<StreamsAndParameters>> {
  const names = [...new Set(instruments.flatMap(({ streams }) => streams.map(({ stream }) => stream)))].toSorted();
  const answers = await bounded(names, async (name): Promise<Details> => {
    try {
      return await details(name);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      return { why: `its details cannot be had, and it is kept without them: ${messageOf(error)}` };
    }
  });
  const byName = new Map(names.map((name, at) => [name, answers[at]]));
  const omissions: readonly Omission[] = [...byName].flatMap(([name, answer]) =>
    answer !== undefined && 'why' in answer ? [{ what: name, why: answer.why }] : [],
  );
  const [first] = omissions;
  if (first !== undefined && omissions.length === names.length) throw noDetails(names.length, first);
  const at = now.toISOString();
  const streams = instruments.flatMap((instrument) => rowsOf(instrument, (name) => byName.get(name), at));
  const known = new Map(answers.flatMap((answer) => ('why' in answer ? [] : answer.parameters.map((one) => [one.id, one] as const))));
  const parameters = [...known.values()].toSorted((a, b) => a.id - b.id).map((one) => parameterRow(one, at));
  return { value: { streams, parameters }, omissions };
}

function rowsOf(instrument: InstrumentEntry, detailsOf: (name: string) => Details | undefined, at: string): readonly StreamRow[] {
  const { reference_designator, platform_code, mooring_code, instrument_code } = instrument;
  return instrument.streams.map(({ stream, method, count, beginTime, endTime }) => {
    const answer = detailsOf(stream);
    const known = answer === undefined || 'why' in answer ? null : answer;
    return {
      table_name: tableName({ instrument: reference_designator, method, stream }),
      ...{ reference_designator, platform_code, mooring_code, instrument_code, stream, method, count, beginTime, endTime },
      stream_id: known?.id ?? null,
      stream_rd: stream,
      stream_type: known?.stream_type ?? null,
      stream_content: known?.stream_content ?? null,
      parameter_ids: known === null ? null : known.parameters.map(({ id }) => id).join(','),
      group_code: groupCode(reference_designator),
      last_updated: at,
    };
  });
}

/** The facility renamed one parameter and kept the old name in its database. */
const RENAMED: Readonly<Record<string, string>> = { pressure_depth: 'pressure' };

const parameterRow = ({ id, name, display_name, data_level, ...rest }: ParameterDetails, at: string): ParameterRow => ({
  pid: id,
  reference_designator: RENAMED[name] ?? name,
  parameter_name: display_name,
  netcdf_name: rest.netcdf_name,
  standard_name: rest.standard_name,
  description: rest.description,
  unit: rest.unit,
  data_level: levelOf(data_level),
  data_product_type: rest.data_product_type,
  data_product_identifier: rest.data_product_identifier,
  last_updated: at,
});

/** `1` and `L1` are level 1. */
function levelOf(level: number | string | null): number | null {
  const [digits] = /\d+/.exec(String(level ?? '')) ?? [];
  return digits === undefined ? null : Number(digits);
}

const noDetails = (names: number, first: Omission): Failure =>
  new Failure({
    kind: 'again',
    code: 'no_stream_details',
    happened: `The facility said nothing of any of the ${names} streams; of ${first.what}, ${first.why}`,
    remedy: 'Check the user name and the token, and whether the facility is in maintenance; the tables stay as they are',
  });
