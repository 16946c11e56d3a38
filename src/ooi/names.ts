/** `SITE-NODE-PORT-INSTR`: 8, 5, 2 and 9 characters. */
const REFERENCE_DESIGNATOR = /^[A-Z0-9]{8}-[A-Z0-9]{5}-[A-Z0-9]{2}-[A-Z0-9]{9}$/;

const METHOD = /^[a-z][a-z0-9_]{0,40}$/;
const STREAM = /^[A-Za-z0-9][A-Za-z0-9_]{0,100}$/;

/** One stream of one instrument, as the facility names it. */
export interface StreamName {
  /** Reference designator, such as `CE02SHBP-LJ01D-06-CTDBPN106`. */
  readonly instrument: string;
  /** `streamed`, `telemetered`, `recovered_host`, … */
  readonly method: string;
  /** `ctdbp_no_sample`, … */
  readonly stream: string;
}

export const isInstrument = (text: string): boolean => REFERENCE_DESIGNATOR.test(text);
export const isMethod = (text: string): boolean => METHOD.test(text);
export const isStream = (text: string): boolean => STREAM.test(text);

/** `<refdes>-<method>-<stream>`: the name of the stream's store, and of its files at the facility. */
export const tableOf = ({ instrument, method, stream }: StreamName): string => `${instrument}-${method}-${stream}`;

/** The stream of a table name; null for anything else. The first four parts are the instrument, the fifth the method, the rest the stream. */
export function parseTable(table: string): StreamName | null {
  const parts = table.split('-');
  const [instrument, method = '', stream] = [parts.slice(0, 4).join('-'), parts[4], parts.slice(5).join('-')];
  return isInstrument(instrument) && isMethod(method) && isStream(stream) ? { instrument, method, stream } : null;
}

/** The instrument's parts, as paths of the facility's interface take them. */
export function instrumentParts(instrument: string): { readonly site: string; readonly node: string; readonly sensor: string } {
  return { site: instrument.slice(0, 8), node: instrument.slice(9, 14), sensor: instrument.slice(15) };
}

/** Nodes that move have `lat`, `lon` and `depth` as variables. */
export const isMobile = (instrument: string): boolean => /^(GL|PG|SF|WFP|SP|DP|PC)/.test(instrumentParts(instrument).node);
