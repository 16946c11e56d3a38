import { damaged } from '../damage.ts';
import type { AcceptedRequest, ResultDirectory, ResultFile } from '../world.ts';
import { attributesOf } from './about.ts';
import { type FilePlan, filesOf } from './files.ts';
import { netcdfBytes } from './netcdf.ts';
import type { SeriesOptions } from './options.ts';
import type { Stream } from './stream.ts';
import { stampOf } from './timeline.ts';

export interface GeneratedDirectory extends ResultDirectory {
  /** In all data files: how much memory it takes. */
  readonly rows: number;
}

/** Everything that the server writes for a request; files are made when they are asked for. */
export function resultsOf(options: SeriesOptions, stream: Stream, request: AcceptedRequest): GeneratedDirectory {
  const plans = filesOf(options, stream, request);
  const data = plans.map((plan) => made(plan.name, () => written(stream, request, plan), guessedSize(plan)));
  const deployments = [...new Set(plans.map(({ deployment }) => deployment))];
  const others = deployments.flatMap((deployment) => companions(stream, request, plans, deployment));
  const files = damaged([...data, ...others], stream.table, request.defects);
  return {
    rows: plans.reduce((sum, { rows }) => sum + rows.length, 0),
    table: stream.table,
    modifiedAt: request.acceptedAt,
    files: files.toSorted((a, b) => (a.name < b.name ? 1 : -1)),
    statusText: 'complete\n',
    statusJson: JSON.stringify(Object.fromEntries(subJobs(request, plans).map((range) => [range, 'complete']))),
  };
}

const written = (stream: Stream, request: AcceptedRequest, plan: FilePlan): Buffer =>
  netcdfBytes(plan, { streamKey: stream.key, deployment: plan.deployment, attributes: attributesOf(stream, request, plan) });

/** What comes along with the data of a deployment: how they were made, what joins them, and a file of the instrument beside it. */
function companions(stream: Stream, request: AcceptedRequest, plans: readonly FilePlan[], deployment: number): readonly ResultFile[] {
  const own = plans.filter((plan) => plan.deployment === deployment);
  const prefix = `deployment${String(deployment).padStart(4, '0')}`;
  const locations = own.map(({ name }) => `<netcdf location="${name}" />`).join('');
  const joined = `<netcdf xmlns="http://www.unidata.ucar.edu/namespaces/netcdf/ncml-2.2"><aggregation dimName="obs" type="joinExisting">${locations}</aggregation></netcdf>\n`;
  const provenance = { provenance: {}, instrument_provenance: { [stream.instrument]: [{ deploymentNumber: deployment }] } };
  const first = own.find(({ rows }) => rows.length > 0);
  const beside = first === undefined || stream.kind !== 'ctd' ? [] : [neighbourFile(stream, request, first)];
  return [
    made(`${prefix}_${stream.table}.ncml`, () => Buffer.from(joined)),
    made(`${prefix}_${stream.table}_aggregate_provenance.json`, () => Buffer.from(JSON.stringify(provenance))),
    ...beside,
  ];
}

function neighbourFile(stream: Stream, request: AcceptedRequest, { rows, deployment, columns }: FilePlan): ResultFile {
  const few = rows.filter(({ bad }) => bad === null).slice(0, 10);
  const name = `deployment${String(deployment).padStart(4, '0')}_${stream.neighbour}_${stampOf(few[0]?.us ?? 0)}-${stampOf(few.at(-1)?.us ?? 0)}.nc`;
  return made(name, () => written(stream, request, { name, deployment, columns: columns.slice(0, 2), rows: few, defect: null }));
}

/** Two where there are two files or more: the last one is the newest file's. */
export function subJobs(request: Pick<AcceptedRequest, 'acceptedAt' | 'begin' | 'end'>, plans: readonly FilePlan[]): readonly string[] {
  const times = plans.flatMap(({ rows }) => rows.map(({ us }) => us));
  const first = request.begin ?? times.reduce((least, us) => Math.min(least, us), Number.POSITIVE_INFINITY);
  const last = Math.min(request.end ?? Number.POSITIVE_INFINITY, request.acceptedAt * 1000);
  const newest = plans.at(-1)?.rows.reduce((least, { us }) => Math.min(least, us), Number.POSITIVE_INFINITY);
  if (plans.length < 2 || newest === undefined || newest === Number.POSITIVE_INFINITY) return [`${stampOf(first)}-${stampOf(last)}`];
  return [`${stampOf(first)}-${stampOf(newest)}`, `${stampOf(newest)}-${stampOf(last)}`];
}

const BIG_ROWS = 5_000;
const BYTES_PER_ROW = 75;

/** So that a catalog of big files costs nothing; catalogs round sizes anyway. Null: small enough to be made. */
const guessedSize = ({ rows }: FilePlan): number | null => (rows.length > BIG_ROWS ? rows.length * BYTES_PER_ROW : null);

/** A file that is made once, and whose bytes are kept as long as its directory is. */
function made(name: string, make: () => Buffer, guess: number | null = null): ResultFile {
  let kept: Buffer | null = null;
  const bytes = (): Buffer => {
    kept ??= make();
    return kept;
  };
  return { name, bytes, size: () => kept?.length ?? guess ?? bytes().length };
}
