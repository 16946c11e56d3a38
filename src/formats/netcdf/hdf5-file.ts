import type { Dimension, NetcdfFile, Numbers, ReadRequest, Values, Variable } from './file.ts';
import type { Hdf5Source, SnapshotVariable } from './hdf5-messages.ts';
import type { Hdf5Pool } from './hdf5-pool.ts';
import { DEFAULT_FILL } from './hdf5-types.ts';
import type { NetcdfLimits } from './limits.ts';
import { rowsAsked } from './request.ts';
import { unreadable } from './unreadable.ts';

interface Hdf5Variable extends Variable {
  readonly snapshot: SnapshotVariable;
}

/**
 * Opens a NetCDF-4 file, or any HDF5 file, through the pool's threads.
 * @throws {Failure} `unreadable_file`
 */
export async function openHdf5File(source: Hdf5Source, pool: Hdf5Pool, limits: NetcdfLimits): Promise<NetcdfFile> {
  const { path } = source;
  const reply = await pool.perform(source, { kind: 'snapshot', bounds: { names: limits.names, attributeBytes: limits.headerBytes } });
  if (reply.kind !== 'snapshot')
    throw unreadable({ path, what: reply.kind === 'defect' ? reply.what : 'the HDF5 thread answered something else' });
  const { snapshot } = reply;
  const variables = new Map(snapshot.variables.map((variable) => [variable.name, describe(variable, snapshot.dimensions)]));

  return {
    path,
    container: 'hdf5',
    dimensions: new Map(snapshot.dimensions.map((dimension) => [dimension.name, dimension])),
    attributes: snapshot.attributes,
    variables,
    async read(requests) {
      if (requests.length === 0) return [];
      const reads = requests.map((request) => planRead(path, variables, request));
      const answer = await pool.perform(source, { kind: 'read', reads, readBytes: limits.readBytes });
      if (answer.kind === 'values') return answer.values.map((values, i) => values ?? inPlace(requests[i]));
      throw unreadable({ path, what: answer.kind === 'defect' ? answer.what : 'the HDF5 thread answered something else' });
    },
    // The thread holds a few files and lets go of them when others come.
    async close() {},
  };
}

function describe(snapshot: SnapshotVariable, all: readonly Dimension[]): Hdf5Variable {
  const { name, type, attributes } = snapshot;
  return { name, type, attributes, dimensions: snapshot.dimensions.flatMap((at) => all[at] ?? []), snapshot };
}

function planRead(path: string, variables: ReadonlyMap<string, Hdf5Variable>, request: ReadRequest) {
  const variable = variables.get(request.name);
  if (variable === undefined) throw unreadable({ path, what: `it has no variable ${request.name}` });
  const { dimensions, type, snapshot } = variable;
  return {
    name: request.name,
    dataset: snapshot.dataset,
    type,
    shape: dimensions.map(({ size }) => size),
    ...rowsAsked(path, request, dimensions[0]?.size ?? 1),
    fill: fillOf(variable),
    texts: request.texts,
    into: request.into === undefined ? undefined : sharedBytes(request.into),
  };
}

/** The bytes that a thread can write into; undefined: the memory is not shared. */
function sharedBytes({ buffer, byteOffset, byteLength }: Numbers): Uint8Array<SharedArrayBuffer> | undefined {
  return buffer instanceof SharedArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : undefined;
}

function inPlace(request: ReadRequest | undefined): Numbers {
  if (request?.into === undefined) throw new TypeError('The HDF5 thread answered without values.');
  return request.into;
}

function fillOf({ type, attributes }: Variable): number | bigint | string {
  const declared: string | Values | undefined = attributes.get('_FillValue');
  if (declared === undefined) return DEFAULT_FILL[type];
  if (typeof declared !== 'string') return declared[0] ?? DEFAULT_FILL[type];
  return type === 'char' ? (Buffer.from(declared, 'latin1')[0] ?? 0) : declared;
}
