import type { ParameterRow, StreamRow, StreamsAndParameters } from './streams.ts';
import { type ColumnType, type Table, tableOf } from './table.ts';

const STREAM_COLUMNS: Readonly<Record<keyof StreamRow, ColumnType>> = {
  table_name: 'text',
  reference_designator: 'text',
  platform_code: 'text',
  mooring_code: 'text',
  instrument_code: 'text',
  stream: 'text',
  method: 'text',
  count: 'whole',
  beginTime: 'text',
  endTime: 'text',
  stream_id: 'whole',
  stream_rd: 'text',
  stream_type: 'text',
  stream_content: 'text',
  parameter_ids: 'text',
  group_code: 'text',
  last_updated: 'text',
};

const PARAMETER_COLUMNS: Readonly<Record<keyof ParameterRow, ColumnType>> = {
  pid: 'whole',
  reference_designator: 'text',
  parameter_name: 'text',
  netcdf_name: 'text',
  standard_name: 'text',
  description: 'text',
  unit: 'text',
  data_level: 'number',
  data_product_type: 'text',
  data_product_identifier: 'text',
  last_updated: 'text',
};

/** `ooi_streams` and `ooi_parameters`. Specification 8.1. */
export const streamTables = ({ streams, parameters }: StreamsAndParameters): readonly Table[] => [
  tableOf('ooi_streams', STREAM_COLUMNS, streams),
  tableOf('ooi_parameters', PARAMETER_COLUMNS, parameters),
];
