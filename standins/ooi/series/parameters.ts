import { isText } from './cells.ts';
import { type Column, columnsOf, type NumberType } from './columns.ts';
import type { Stream, StreamKind } from './stream.ts';

/** Every variable that a kind's files may have, as they are with the last deployment that has it. */
function variablesOf(kind: StreamKind): readonly Column[] {
  const columns = [1, 2].flatMap((deployment) => columnsOf(kind, deployment, 1));
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

const TIME_ID = 7;
const FIRST_ID = 101;

/** One number for each name, whichever stream it is in. */
const IDS: ReadonlyMap<string, number> = new Map(
  [...new Set((['ctd', 'optaa', 'nutnr'] as const).flatMap((kind) => variablesOf(kind).map(({ name }) => name)))].map((name, index) => [
    name,
    name === 'time' ? TIME_ID : FIRST_ID + index,
  ]),
);

const TYPES: Readonly<Record<NumberType, string>> = {
  '<f4': 'FLOAT',
  '<f8': 'DOUBLE',
  '|i1': 'BYTE',
  '<i2': 'SHORT',
  '<i4': 'INT',
  '|u1': 'UBYTE',
  '<u2': 'USHORT',
  '<u4': 'UINT',
};

/** As `12575/stream/byname` and `12575/parameter` have them. */
export function parametersOf({ kind }: Stream) {
  return variablesOf(kind).map(({ name, attributes }) => {
    const title = name.replaceAll('_', ' ');
    const isProduct = attributes.standard_name !== undefined && name !== 'time';
    return {
      id: IDS.get(name) ?? 0,
      name,
      display_name: title,
      netcdf_name: name,
      standard_name: attributes.standard_name ?? null,
      description: `${title}.`,
      unit: attributes.units === undefined ? null : { value: attributes.units },
      data_level: isProduct ? 1 : null,
      data_product_type: isProduct ? { value: 'Science Data' } : null,
      data_product_identifier: isProduct ? 'TEMPWAT_L1' : null,
    };
  });
}

/** As `12576/.../metadata` and the table of contents have them. */
export function definitionsOf({ kind, name: stream }: Stream) {
  return variablesOf(kind).map((column) => ({
    pdId: `PD${IDS.get(column.name)}`,
    particleKey: column.name,
    particle_key: column.name,
    type: isText(column) ? 'STRING' : TYPES[column.type],
    shape: !isText(column) && column.inner !== null ? 'ARRAY1D' : 'SCALAR',
    units: column.attributes.units ?? '1',
    fillValue: column.fill === null ? '' : String(column.fill),
    fill_value: column.fill === null ? '' : String(column.fill),
    unsigned: !isText(column) && column.type[1] === 'u',
    stream,
  }));
}
