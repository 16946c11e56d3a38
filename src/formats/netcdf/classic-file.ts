import type { AttributeList } from './classic-attributes.ts';
import { type ClassicContainer, Cursor, HeaderGoesOn } from './classic-cursor.ts';
import { type Header, readHeader } from './classic-header.ts';
import { type Layout, settleRecords } from './classic-layout.ts';
import { decodeValues, type ExternalType } from './classic-types.ts';
import type { AttributeValue, Dimension, NcType, NetcdfFile, ReadRequest, Values, Variable } from './file.ts';
import type { NetcdfLimits } from './limits.ts';
import { rowsAsked } from './request.ts';
import type { ByteSource } from './source.ts';
import { unreadable } from './unreadable.ts';

/** How much is fetched at first of a header whose length nobody knows. */
const FIRST_LOOK_BYTES = 64 * 1024;

/** Records are gathered through a buffer of about this size, so that a long record does not cost its length for every value. */
const GATHER_BYTES = 4 * 1024 * 1024;

class ClassicVariable implements Variable {
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly external: ExternalType;
  readonly layout: Layout;
  readonly #attributes: AttributeList;

  constructor(name: string, dimensions: readonly Dimension[], external: ExternalType, layout: Layout, attributes: AttributeList) {
    this.name = name;
    this.dimensions = dimensions;
    this.external = external;
    this.layout = layout;
    this.#attributes = attributes;
  }

  get type(): NcType {
    return this.external.name;
  }

  get attributes(): ReadonlyMap<string, AttributeValue> {
    return this.#attributes.decoded;
  }
}

class ClassicFile implements NetcdfFile {
  readonly container: ClassicContainer;
  readonly dimensions: ReadonlyMap<string, Dimension>;
  readonly variables: ReadonlyMap<string, ClassicVariable>;
  readonly #attributes: AttributeList;
  readonly #source: ByteSource;
  readonly #limits: NetcdfLimits;

  constructor(source: ByteSource, container: ClassicContainer, header: Header, limits: NetcdfLimits) {
    const records = settleRecords(source.path, header, source.size);
    this.container = container;
    this.#source = source;
    this.#limits = limits;
    this.#attributes = header.attributes;
    for (const dimension of header.dimensions) if (dimension.isUnlimited) dimension.size = records.count;
    this.dimensions = new Map(header.dimensions.map((dimension) => [dimension.name, dimension]));
    this.variables = new Map(
      header.variables.map(({ name, dimensions, type, begin, rowBytes, isRecord, attributes }) => {
        const layout = { begin, rowBytes, rows: dimensions[0]?.size ?? 1, stride: isRecord ? records.stride : rowBytes };
        return [name, new ClassicVariable(name, dimensions, type, layout, attributes)];
      }),
    );
  }

  get path(): string {
    return this.#source.path;
  }

  get attributes(): ReadonlyMap<string, AttributeValue> {
    return this.#attributes.decoded;
  }

  async read(requests: readonly ReadRequest[]): Promise<readonly Values[]> {
    const stretches = requests.map((request) => {
      const variable = this.variables.get(request.name);
      if (variable === undefined) throw unreadable({ path: this.path, what: `it has no variable ${request.name}` });
      return { variable, ...rowsAsked(this.path, request, variable.layout.rows) };
    });
    const asked = stretches.reduce((bytes, { variable, count }) => bytes + count * variable.layout.rowBytes, 0);
    if (asked > this.#limits.readBytes) {
      throw unreadable({ path: this.path, what: `${asked} bytes are asked for at once`, expected: `at most ${this.#limits.readBytes}` });
    }
    const values: Values[] = [];
    for (const { variable, from, count } of stretches) {
      values.push(decodeValues(variable.external, await this.#bytes(variable.layout, from, count)));
    }
    return values;
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  async #bytes({ begin, rowBytes, stride }: Layout, from: number, count: number): Promise<Uint8Array> {
    if (count === 0) return new Uint8Array(0);
    if (stride === rowBytes || count === 1) return this.#source.read(begin + from * stride, count * rowBytes);
    const gathered = new Uint8Array(count * rowBytes);
    const rowsAtOnce = Math.max(1, Math.floor(GATHER_BYTES / stride));
    for (let done = 0; done < count; done += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, count - done);
      const raw = await this.#source.read(begin + (from + done) * stride, (rows - 1) * stride + rowBytes);
      for (let row = 0; row < rows; row++) {
        gathered.set(raw.subarray(row * stride, row * stride + rowBytes), (done + row) * rowBytes);
      }
    }
    return gathered;
  }
}

/**
 * Opens a file in one of the three classic containers.
 * @throws {Failure} `unreadable_file`
 */
export async function openClassic(source: ByteSource, container: ClassicContainer, limits: NetcdfLimits): Promise<NetcdfFile> {
  const most = Math.min(source.size, limits.headerBytes);
  let length = Math.min(most, FIRST_LOOK_BYTES);
  for (;;) {
    const head = await source.read(0, length);
    try {
      const header = readHeader(new Cursor({ path: source.path, head, fileSize: source.size, container }), limits);
      return new ClassicFile(source, container, header, limits);
    } catch (error) {
      if (!(error instanceof HeaderGoesOn)) throw error;
      if (error.needed > most) throw unreadable({ path: source.path, what: `the header is longer than ${most} bytes`, offset: most });
      length = Math.min(most, Math.max(error.needed, 2 * length));
    }
  }
}
