import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CAVA_SHEETS, cavaTables } from '../../../src/ooi/products/cava.ts';
import { parseCsv } from '../../../src/ooi/products/csv.ts';
import { readSheet, tableOfSheet } from '../../../src/ooi/products/csv-table.ts';
import { globalRanges } from '../../../src/ooi/products/global-ranges.ts';

describe('a CSV text', () => {
  it('is read with its quotes, lines inside them, both ends of lines and a byte order mark', () => {
    const lines = parseCsv('\ufeffa,"b ""c""",\r\n\n"one\ntwo",3,"4,5"\n', 'x.csv');

    assert.deepEqual(lines, [
      { line: 1, fields: ['a', 'b "c"', ''] },
      { line: 3, fields: ['one\ntwo', '3', '4,5'] },
    ]);
  });

  it('is read to its end when the last line has none', () => {
    assert.deepEqual(
      parseCsv('a,b\n1,', 'x.csv').map(({ fields }) => fields),
      [
        ['a', 'b'],
        ['1', ''],
      ],
    );
  });

  it('is refused with the line of a quote that never ends', () => {
    assert.throws(() => parseCsv('a\n"b\nc', 'sites.csv'), {
      code: 'bad_csv',
      message: /^Line 2 of sites\.csv has a quote, or a carriage return, out of place/,
    });
  });

  it('is refused where a line is shorter than the first', () => {
    assert.throws(() => readSheet('a,b\n1,2\n3\n', 'sites.csv'), { message: /^Line 3 of sites\.csv has 1 values for 2 columns/ });
  });

  it('is refused where a column is named twice', () => {
    assert.throws(() => readSheet('a,b,a\n', 'sites.csv'), { message: /names the column a twice/ });
  });
});

describe('the columns of a sheet', () => {
  it('are flags, numbers or text by what stands in all their cells', () => {
    const table = tableOfSheet(
      'cava_sites',
      readSheet('flag,whole,number,code,mixed,empty\nTRUE,3,1.5,007,TRUE,\nFALSE,,2,12,maybe,\n', 's'),
    );

    assert.deepEqual(
      table.columns.map(({ type }) => type),
      ['flag', 'whole', 'number', 'text', 'text', 'text'],
    );
    assert.deepEqual(table.rows, [
      [true, 3, 1.5, '007', 'TRUE', ''],
      [false, null, 2, '12', 'maybe', ''],
    ]);
  });
});

describe('the shared spreadsheet', () => {
  it('becomes eleven tables, with wp_page and wp_mapping as text', async () => {
    const made = await cavaTables(async (sheet) => `reference_designator,wp_page,wp_mapping,public\n${sheet},12,3,TRUE\n`);

    assert.deepEqual(
      [...made.value.values()].map(({ name }) => name),
      CAVA_SHEETS.map((sheet) => `cava_${sheet}`),
    );
    assert.equal(made.value.size, 11);
    assert.deepEqual(made.value.get('poe')?.rows, [['poe', '12', '3', true]]);
    assert.deepEqual(made.omissions, []);
  });

  it('is made without a sheet that is missing and one that is broken, which are named', async () => {
    const made = await cavaTables(async (sheet) => (sheet === 'areas' ? null : sheet === 'sites' ? 'a,b\n1\n' : 'a\n1\n'));

    assert.equal(made.value.size, 9);
    assert.deepEqual(
      made.omissions.map(({ what }) => what),
      ['cava_areas', 'cava_sites'],
    );
    assert.match(made.omissions[1]?.why ?? '', /Line 2 of sites\.csv/);
  });
});

describe('the CSV of global ranges', () => {
  it('keeps seven columns under new names and drops the last three', () => {
    const header =
      '_ReferenceDesignator_,ParameterID_R,ParameterID_T,GlobalRangeMin,GlobalRangeMax,_DataLevel_,_Units_,_NumericalPrecision_,_NumSignificantDigits_,notes';
    const table = globalRanges(`${header}\nCE02SHBP-LJ01D-06-CTDBPN106,temperature,seawater_temperature,-2,40.5,L1,degC,4,,x\n`);

    assert.deepEqual(
      table.columns.map(({ name }) => name),
      ['reference_designator', 'parameter_id_r', 'parameter_id_t', 'global_range_min', 'global_range_max', 'data_level', 'units'],
    );
    assert.deepEqual(table.rows, [['CE02SHBP-LJ01D-06-CTDBPN106', 'temperature', 'seawater_temperature', -2, 40.5, 'L1', 'degC']]);
  });

  it('is refused when its form has changed', () => {
    assert.throws(() => globalRanges('a,b,c\n1,2,3\n'), { code: 'bad_csv', message: /has 3 columns/ });
  });
});
