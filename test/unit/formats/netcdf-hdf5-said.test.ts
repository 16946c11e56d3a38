import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarize } from '../../../src/formats/netcdf/hdf5-library.ts';

const line = (number: number, sentence: string): string => `  #00${number}: /build/src/H5X.c line 7 in H5X_do(): ${sentence}`;

test('of an error of the HDF5 library it is said what was tried and what stood in the way', () => {
  assert.equal(
    summarize(['HDF5-DIAG: Error detected', line(0, "can't read data"), '    major: Dataset', line(1, 'x failed'), line(2, 'no end')]),
    "can't read data: no end",
  );
});

test('of a filter that the HDF5 library does not have the name is said, not where the library has looked for it', () => {
  assert.equal(
    summarize([
      line(0, "can't read data"),
      line(1, "required filter 'lzf' is not registered"),
      line(2, "can't open directory (/of/the/builder). Please verify its existence"),
    ]),
    "can't read data: required filter 'lzf' is not registered",
  );
});
