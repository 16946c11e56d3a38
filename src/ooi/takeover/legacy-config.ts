import { z } from 'zod';
import { expectation, explain, isMapping } from '../../config/explain.ts';
import { found, instead, type Problem } from '../../config/problems.ts';
import { shapeOf } from '../../config/shape.ts';
import { parseStorePlace } from '../../config/store-place.ts';
import { cron } from '../../config/values.ts';
import { readYaml } from '../../config/yaml.ts';
import { isInstrument, isMethod, isStream, tableOf } from '../names.ts';

/** One configured stream of an existing harvest, as far as a flow has a place for it. */
export interface LegacyStream {
  readonly table: string;
  readonly instrument: string;
  readonly method: string;
  readonly stream: string;
  /** Where its store is: `s3://bucket/prefix` or an absolute folder; the store itself is `<place>/<table>`. */
  readonly place: string;
  /** ISO 8601, UTC. */
  readonly range: { readonly start: string | null; readonly end: string | null };
  /** Five fields, UTC. */
  readonly schedule: string;
}

/** What was read of a file: the stream, or what is wrong; and what is not taken over, which is no fault. */
export interface ReadConfig {
  readonly stream: LegacyStream | null;
  readonly problems: readonly Problem[];
  /** Sentences; the same for many files. */
  readonly remarks: readonly string[];
}

const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const list = z.array(z.unknown()).nullish();

const INSTANT = 'a time such as 2024-01-01, 2024-01-01T00:00:00 or 2024-01-01T00:00:00Z, or null';
/** Times without a zone are UTC. */
const instant = z
  .string({ error: INSTANT })
  .regex(/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/, { error: INSTANT })
  .transform(asInstant)
  .refine((written) => !Number.isNaN(Date.parse(written)), { error: INSTANT })
  .nullish()
  .transform((value) => value ?? null);

function asInstant(written: string): string {
  const [date = '', time = '00:00:00'] = written.split(/[T ]/);
  const [, clock = '', zone = ''] = /^(.*?)(Z|[+-]\d\d:\d\d)?$/.exec(time) ?? [];
  return `${date}T${clock.length === 5 ? `${clock}:00` : clock}${zone === '' ? 'Z' : zone}`;
}

const PLACE = 's3://bucket or s3://bucket/prefix, or an absolute folder';
const GOLDCOPY =
  'false: the gold copy lags behind the facility and overlaps itself, so a series is not built from it; ask the facility by a refresh';

/** Specification 5.1. Unknown keys were ignored by the harvest that read these files; here each is named. */
const legacyConfig = z.looseObject({
  instrument: z.string().refine(isInstrument, 'a reference designator such as CE02SHBP-LJ01D-06-CTDBPN106'),
  stream: z.looseObject({
    method: z.string().refine(isMethod, 'a method such as streamed or recovered_host'),
    name: z.string().refine(isStream, 'the name of a stream such as ctdbp_no_sample'),
  }),
  harvest_options: z.looseObject({
    path: z.string().refine((path) => parseStorePlace(path) !== null && /^(?:s3:\/\/|\/)/.test(path), PLACE),
    refresh: flag,
    force_harvest: flag,
    test: flag,
    goldcopy: flag.refine((value) => !value, GOLDCOPY),
    rca_advanced_qaqc: flag,
    path_settings: z.record(z.string(), z.unknown()).nullish(),
    custom_range: z.looseObject({ start: instant, end: instant }).nullish(),
  }),
  workflow_config: z.looseObject({ schedule: cron }),
  assignees: list,
  /** As all files of that harvest have it. */
  assigness: list,
  labels: list,
});
type LegacyConfig = z.output<typeof legacyConfig>;

/** Reads the text of a configuration of the existing harvest; every problem of it, each with its line. `file` is how it is called in them. */
export function readLegacyConfig(text: string, file: string): ReadConfig {
  const broken = (problems: readonly Problem[]): ReadConfig => ({ stream: null, problems, remarks: [] });
  const yaml = readYaml(text);
  if (!('value' in yaml)) return broken(yaml.map((problem) => ({ file, ...problem })));
  const { value, lineOf } = yaml;
  if (!isMapping(value))
    return broken([{ file, line: 1, path: '', text: `the file is ${found(value)}. Expected the configuration of a stream.` }]);
  const parsed = legacyConfig.safeParse(value, { error: expectation });
  if (!parsed.success) {
    const problems = explain(parsed.error.issues, shapeOf(legacyConfig), value);
    return broken(
      problems.map(({ at, path, text: said }) => ({ file, line: lineOf(at), path, text: said })).toSorted((a, b) => a.line - b.line),
    );
  }
  return { stream: streamOf(parsed.data), problems: [], remarks: remarksOf(parsed.data) };
}

function streamOf({ instrument, stream, harvest_options: options, workflow_config: { schedule } }: LegacyConfig): LegacyStream {
  const name = { instrument, method: stream.method, stream: stream.name };
  const { start, end } = options.custom_range ?? { start: null, end: null };
  return { table: tableOf(name), ...name, place: options.path.replace(/\/+$/, '') || '/', range: { start, end }, schedule };
}

const KNOWN: readonly (readonly [path: string, keys: readonly string[]])[] = [
  ['', Object.keys(legacyConfig.shape)],
  ['stream', Object.keys(legacyConfig.shape.stream.shape)],
  ['harvest_options', Object.keys(legacyConfig.shape.harvest_options.shape)],
  ['workflow_config', Object.keys(legacyConfig.shape.workflow_config.shape)],
  ['harvest_options.custom_range', ['start', 'end']],
];

function remarksOf(config: LegacyConfig): readonly string[] {
  const { refresh, force_harvest: force, test, rca_advanced_qaqc: qaqc, path_settings: settings } = config.harvest_options;
  const people = [config.assignees, config.assigness, config.labels].some((value) => (value ?? []).length > 0);
  return [
    ...(refresh ? ['harvest_options.refresh is a flag of a run, not of a flow. Start it with: landfall run refresh FLOW.'] : []),
    ...(force ? ['harvest_options.force_harvest is a flag of a run, not of a flow. Give it with: landfall run harvest FLOW --force.'] : []),
    ...(test ? ['harvest_options.test is not taken over. A run shows its plan with --dry-run.'] : []),
    ...(qaqc ? ['harvest_options.rca_advanced_qaqc is not taken over: those calculations are another program’s.'] : []),
    ...(Object.keys(settings ?? {}).length > 0
      ? [
          'harvest_options.path_settings is not taken over: the S3 server and its keys are settings of the workers (S3_ENDPOINT, S3_ACCESS_KEY_ID, …).',
        ]
      : []),
    ...(people ? ['assignees and labels are not taken over. Write the addresses of people into notify.mail.'] : []),
    ...unknownKeys(config),
  ];
}

const unknownKeys = (config: LegacyConfig): readonly string[] =>
  KNOWN.flatMap(([path, keys]) => {
    const at = path.split('.').reduce<unknown>((value, key) => (key === '' ? value : isMapping(value) ? value[key] : undefined), config);
    const unknown = isMapping(at) ? Object.keys(at).filter((key) => !keys.includes(key)) : [];
    return unknown.map(
      (key) => `${path === '' ? '' : `${path}.`}${key.slice(0, 60)} is not known and is left out. ${instead(key, keys, 'keys')}`,
    );
  });
