import type { NetcdfFile } from '../../formats/netcdf/file.ts';
import { TIME_ATTRIBUTES } from '../../formats/zarr/time.ts';
import type { Rank } from '../order.ts';
import type { Said, SchemaNotes, VariableNotes } from '../series.ts';
import { type Attribute, globalAttributes, variableAttributes } from './attributes.ts';
import { isTextType } from './column-types.ts';
import type { FileHeader, FileVariable } from './header.ts';

export const NO_NOTES: SchemaNotes = { variables: {}, attributes: {}, extent: {} };

/** What one file says of the store's form. `textBytes`: the longest text of each variable whose header does not tell. */
export function notesOf(file: NetcdfFile, header: FileHeader, by: Rank, textBytes: ReadonlyMap<string, number>): SchemaNotes {
  const said = (attributes: ReadonlyMap<string, Attribute>): Readonly<Record<string, Said<Attribute>>> =>
    Object.fromEntries([...attributes].map(([name, value]) => [name, { value, by }]));
  const variables = [...header.variables.values()].map((variable): [string, VariableNotes] => {
    const attributes = variableAttributes(file.variables.get(variable.name)?.attributes ?? new Map());
    const shown = variable.name === 'time' ? ofTime(attributes, header) : attributes;
    return [variable.name, variableNotes(variable, said(shown), by, textBytes.get(variable.name))];
  });
  const { plain, extent } = globalAttributes(file.attributes);
  return { variables: Object.fromEntries(variables), attributes: said(plain), extent: Object.fromEntries(extent) };
}

function variableNotes(
  variable: FileVariable,
  attributes: VariableNotes['attributes'],
  by: Rank,
  measured: number | undefined,
): VariableNotes {
  const { numpy, fill, inner, isOnTime, name } = variable;
  const isText = isTextType(numpy);
  const bytes = isText ? (measured ?? Number(numpy.slice(2))) : 0;
  const type = name === 'time' ? '<f8' : isText ? `|S${Math.max(1, bytes)}` : numpy;
  const { tests_executed: listed } = attributes;
  const tests = isText ? listed?.value : undefined;
  return {
    types: { [type]: { first: by, fill: fill === null || isText || name === 'time' ? null : { value: fillJson(fill), by } } },
    inner,
    isOnTime,
    attributes,
    tests: typeof tests === 'string' ? { value: tests, by } : null,
    textBytes: bytes,
  };
}

/** Notes are plain JSON: what it does not have is written as a text. */
const fillJson = (fill: number | bigint | Uint8Array): Attribute =>
  typeof fill === 'number' && Number.isFinite(fill) && !Object.is(fill, -0) ? fill : String(fill);

/** Times that were converted count as the store says. */
function ofTime(attributes: ReadonlyMap<string, Attribute>, { timeUnits }: FileHeader): ReadonlyMap<string, Attribute> {
  if (timeUnits.secondsPerUnit === 1 && timeUnits.startSeconds === 0) return attributes;
  return new Map([...attributes, ['units', TIME_ATTRIBUTES.units], ['calendar', TIME_ATTRIBUTES.calendar]]);
}
