import type { Values as FileValues } from '../../formats/netcdf/file.ts';
import type { ColumnPlan } from '../series.ts';
import { changedUnderway, type FileVariable, textBytesOf } from './header.ts';

const NINE = 0x39;

/** Texts of a file as bytes of the plan's length, padded with NUL; one digit for each test where the text has fewer. */
export function textsAs(found: FileValues, variable: FileVariable, column: ColumnPlan): Uint8Array {
  const width = textBytesOf(column.type);
  const tests = column.absent.kind === 'tests' ? column.absent.tests : 0;
  if (!(found instanceof Uint8Array)) throw changedUnderway(variable.name, 'it is no text');
  return fixedTexts(found, variable.type === 'string' ? width : textBytesOf(variable.numpy), { width, tests, variable });
}

interface Wanted {
  readonly width: number;
  readonly tests: number;
  readonly variable: FileVariable;
}

function fixedTexts(raw: Uint8Array, length: number, { width, tests, variable: { fill, name } }: Wanted): Uint8Array {
  if (length > width) throw changedUnderway(name, `its texts have ${length} bytes`);
  if (length === width && tests === 0 && fill === null) return raw;
  const count = length === 0 ? 0 : raw.byteLength / length;
  const texts = new Uint8Array(count * width);
  for (let i = 0; i < count; i++) {
    const at = i * width;
    let end = length;
    while (end > 0 && raw[i * length + end - 1] === 0) end -= 1;
    for (let j = 0; j < end; j++) texts[at + j] = raw[i * length + j] ?? 0;
    if (fill instanceof Uint8Array && fill.byteLength === end && fill.every((byte, j) => byte === texts[at + j])) {
      texts.fill(0, at, at + end);
      end = 0;
    }
    for (let j = end; j < tests; j++) texts[at + j] = NINE;
  }
  return texts;
}
