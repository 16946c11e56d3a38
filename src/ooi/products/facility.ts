/** What the tables take of the facility's answers; the facility's client reads and checks them. */

/** One instrument of the table of contents. */
export interface InstrumentEntry {
  readonly reference_designator: string;
  readonly platform_code: string;
  readonly mooring_code: string;
  readonly instrument_code: string;
  readonly streams: readonly {
    readonly stream: string;
    readonly method: string;
    readonly count: number;
    readonly beginTime: string;
    readonly endTime: string;
  }[];
}

/** `stream/byname`, words of vocabularies unwrapped. */
export interface StreamDetails {
  readonly id: number;
  readonly stream_type: string | null;
  readonly stream_content: string | null;
  readonly parameters: readonly ParameterDetails[];
}

export interface ParameterDetails {
  readonly id: number;
  readonly name: string;
  readonly display_name: string | null;
  readonly netcdf_name: string | null;
  readonly standard_name: string | null;
  readonly description: string | null;
  readonly unit: string | null;
  /** Some entries have it as text. */
  readonly data_level: number | string | null;
  readonly data_product_type: string | null;
  readonly data_product_identifier: string | null;
}

/** An instrument as the facility's open list has it: its own fields, whatever they are, and this one. */
export type ListedInstrument = Readonly<Record<string, unknown>> & { readonly reference_designator: string };

/** A file that a catalogue lists. Sizes are rounded there. */
export interface ListedFile {
  readonly name: string;
  readonly urlPath: string | null;
  readonly roughBytes: number | null;
  /** As written. */
  readonly modified: string | null;
}

/** What the metadata jobs ask the facility for. Each throws a `Failure` for what cannot be had. */
export interface MetadataFacility {
  tableOfContents(): Promise<readonly InstrumentEntry[]>;
  instrumentList(): Promise<readonly ListedInstrument[]>;
  streamDetails(stream: string): Promise<StreamDetails>;
  /** The answer as it came; it is known to be a list. */
  annotations(instrument: string): Promise<string>;
  /** The gold copy of a table: the address that was read, and what is listed there. */
  goldCopy(table: string): Promise<{ readonly url: string; readonly files: readonly ListedFile[] }>;
}
