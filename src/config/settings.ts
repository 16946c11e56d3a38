import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type HostPort, parseHostPort } from './addresses.ts';
import { expectation, explain } from './explain.ts';
import { ConfigError, instead, type Problem } from './problems.ts';
import type { Queue } from './queues.ts';
import { type ReadText, readSecretFile, Secret } from './secret.ts';
import { type MailSettings, mailDisagreements, mailOf } from './settings-mail.ts';
import { type S3Settings, s3Disagreements, s3Of } from './settings-s3.ts';
import { isVariable, mongodbUri, SECRET_VARIABLES, type SettingsText, settingsSchema, VARIABLES } from './settings-schema.ts';
import { shapeOf } from './shape.ts';

export type LogLevel = SettingsText['LANDFALL_LOG_LEVEL'];
export type LogFormat = SettingsText['LANDFALL_LOG_FORMAT'];

export interface TemporalTls {
  /** PEM text. Absent: the certificate authorities of the system. */
  readonly serverCa?: string;
  /** The name in the server's certificate, when it is not the host of the address. */
  readonly serverName?: string;
  /** PEM texts of a client certificate and its key. */
  readonly client?: { readonly certificate: string; readonly key: Secret };
}

/** All that the environment says. An absent address means the embedded server. */
export interface Settings {
  /** Absolute folder of everything that Landfall writes by itself. */
  readonly home: string;
  /** Absolute folder of the flow files. */
  readonly flows: string;
  readonly temporal: {
    readonly address?: string;
    readonly namespace: string;
    readonly apiKey?: Secret;
    /** Absent: a plain connection. */
    readonly tls?: TemporalTls;
  };
  readonly mongodb: {
    readonly uri?: Secret;
    /** Database of Landfall's own book-keeping: plans, runs, receipts, quarantine, leases. */
    readonly database: string;
  };
  /** Where objects named `s3://bucket/…` lie. */
  readonly s3: S3Settings;
  /** How messages to people leave; null: no mail is sent. */
  readonly mail: MailSettings | null;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  /** Where /healthz and /metrics answer; null: nowhere. */
  readonly http: HostPort | null;
  /** Activities of each queue that one worker process runs at once. */
  readonly capacities: Readonly<Record<Queue, number>>;
  /** Activities of queue `request` that the server starts a second, over all workers. */
  readonly requestsPerSecond: number;
  readonly shutdownGraceMs: number;
  /** The version of this worker's workflows; null: workers are not told apart by versions. */
  readonly buildId: string | null;
  /** Commands for the embedded servers, where they are not found by themselves. */
  readonly binaries: { readonly temporal?: string; readonly mongod?: string; readonly versitygw?: string };
}

export interface SettingsSources {
  readonly readFile?: ReadText;
  /** Relative folders are resolved against it. */
  readonly cwd?: string;
}

/**
 * Reads the settings of a process.
 *
 * @throws {ConfigError} with everything that is wrong in the environment: values, unknown LANDFALL_ names, files that cannot be read. Values of secrets are not shown.
 */
export function loadSettings(
  env: Readonly<Record<string, string | undefined>>,
  { readFile = (path) => readFileSync(path, 'utf8'), cwd = process.cwd() }: SettingsSources = {},
): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => isVariable(name) && value !== undefined && value !== ''));
  const parsed = settingsSchema.safeParse(given, { error: expectation });
  const files = readFiles(given, readFile);
  const problems = [
    ...unknownNames(env),
    ...(parsed.success ? [] : explain(parsed.error.issues, shapeOf(settingsSchema), given, { secret: SECRET_VARIABLES })),
    ...files.problems,
    ...disagreements(given),
    ...mailDisagreements(given, files.texts),
  ].toSorted((a, b) => VARIABLES.indexOf(a.path) - VARIABLES.indexOf(b.path));
  if (!parsed.success || problems.length > 0)
    throw new ConfigError(
      'the environment',
      problems.map(({ path, text }) => ({ path, text })),
    );
  return settingsOf(parsed.data, files.texts, cwd);
}

/** Not settings of ours: what flow files refer to, and what the fuzzing tests are told. */
const OTHERS = /^LANDFALL_(?:SECRET|FUZZ)_/;

/** A misspelt name would be ignored in silence. */
function unknownNames(env: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  const own = VARIABLES.filter((name) => name.startsWith('LANDFALL_'));
  return Object.keys(env)
    .filter((name) => name.startsWith('LANDFALL_') && !OTHERS.test(name) && !isVariable(name))
    .map((name) => ({ path: name, text: `${name} is not a setting. ${instead(name, own, 'settings')}` }));
}

const FILE_VARIABLES = [
  'TEMPORAL_API_KEY_FILE',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'MONGODB_URI_FILE',
  'S3_ACCESS_KEY_ID_FILE',
  'S3_SECRET_ACCESS_KEY_FILE',
  'SMTP_URL_FILE',
] as const;
type FileVariable = (typeof FILE_VARIABLES)[number];
type FileTexts = ReadonlyMap<FileVariable, Secret>;

function readFiles(
  given: Readonly<Record<string, string | undefined>>,
  readFile: ReadText,
): { readonly texts: FileTexts; readonly problems: readonly Problem[] } {
  const texts = new Map<FileVariable, Secret>();
  const problems: Problem[] = [];
  for (const variable of FILE_VARIABLES) {
    const path = given[variable];
    if (path === undefined) continue;
    const read = readSecretFile(path, readFile);
    if (read instanceof Secret) texts.set(variable, read);
    else problems.push({ path: variable, text: `${variable} cannot be used: ${read}. Expected a text file that this user may read.` });
  }
  const uri = texts.get('MONGODB_URI_FILE');
  const checked = uri === undefined ? undefined : mongodbUri.safeParse(uri.reveal());
  if (checked?.success === false) {
    const expected = checked.error.issues.map(({ message }) => message).join('; ');
    problems.push({ path: 'MONGODB_URI_FILE', text: `the file that MONGODB_URI_FILE names holds something else. Expected ${expected}.` });
  }
  return { texts, problems };
}

function disagreements(given: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  const twice = (['TEMPORAL_API_KEY', 'MONGODB_URI', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY', 'SMTP_URL'] as const).filter(
    (name) => given[name] !== undefined && given[`${name}_FILE`] !== undefined,
  );
  const pair = ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'] as const;
  const missing = pair.filter((name) => given[name] === undefined);
  return [
    ...twice.map((name) => ({ path: name, text: `${name} and ${name}_FILE are both set. Expected one of them.` })),
    ...(missing.length === 1 ? missing : []).map((name) => ({
      path: name,
      text: `${name} is missing, while the other half is set. Expected a client certificate and its key together.`,
    })),
    ...s3Disagreements(given),
  ];
}

function settingsOf(text: SettingsText, files: FileTexts, cwd: string): Settings {
  const apiKey = text.TEMPORAL_API_KEY === undefined ? files.get('TEMPORAL_API_KEY_FILE') : new Secret(text.TEMPORAL_API_KEY);
  const uri = text.MONGODB_URI === undefined ? files.get('MONGODB_URI_FILE') : new Secret(text.MONGODB_URI);
  const tls = tlsOf(text, files, apiKey !== undefined);
  return {
    home: resolve(cwd, text.LANDFALL_HOME),
    flows: resolve(cwd, text.LANDFALL_FLOWS),
    temporal: {
      ...(text.TEMPORAL_ADDRESS === undefined ? {} : { address: text.TEMPORAL_ADDRESS }),
      namespace: text.TEMPORAL_NAMESPACE,
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(tls === undefined ? {} : { tls }),
    },
    mongodb: { ...(uri === undefined ? {} : { uri }), database: text.LANDFALL_DATABASE },
    s3: s3Of(text, files),
    mail: mailOf(text, files),
    log: { level: text.LANDFALL_LOG_LEVEL, format: text.LANDFALL_LOG_FORMAT },
    http: text.LANDFALL_HTTP === 'off' ? null : parseHostPort(text.LANDFALL_HTTP),
    capacities: {
      control: text.LANDFALL_CAPACITY_CONTROL,
      request: text.LANDFALL_CAPACITY_REQUEST,
      transfer: text.LANDFALL_CAPACITY_TRANSFER,
      convert: text.LANDFALL_CAPACITY_CONVERT,
      load: text.LANDFALL_CAPACITY_LOAD,
      verify: text.LANDFALL_CAPACITY_VERIFY,
      notify: text.LANDFALL_CAPACITY_NOTIFY,
    },
    requestsPerSecond: text.LANDFALL_RATE_REQUEST,
    shutdownGraceMs: text.LANDFALL_SHUTDOWN_GRACE,
    buildId: text.LANDFALL_BUILD_ID ?? null,
    binaries: {
      ...(text.LANDFALL_TEMPORAL_BIN === undefined ? {} : { temporal: text.LANDFALL_TEMPORAL_BIN }),
      ...(text.LANDFALL_MONGOD_BIN === undefined ? {} : { mongod: text.LANDFALL_MONGOD_BIN }),
      ...(text.LANDFALL_VERSITYGW_BIN === undefined ? {} : { versitygw: text.LANDFALL_VERSITYGW_BIN }),
    },
  };
}

/** As Temporal's own clients read these variables: a key or a certificate turns TLS on unless TEMPORAL_TLS says otherwise. */
function tlsOf(text: SettingsText, files: FileTexts, hasKey: boolean): TemporalTls | undefined {
  const serverCa = files.get('TEMPORAL_TLS_SERVER_CA_CERT_PATH')?.reveal();
  const certificate = files.get('TEMPORAL_TLS_CLIENT_CERT_PATH')?.reveal();
  const key = files.get('TEMPORAL_TLS_CLIENT_KEY_PATH');
  const serverName = text.TEMPORAL_TLS_SERVER_NAME;
  const asked = hasKey || [serverCa, certificate, serverName].some((part) => part !== undefined);
  if (text.TEMPORAL_TLS === 'false' || (text.TEMPORAL_TLS === undefined && !asked)) return undefined;
  return {
    ...(serverCa === undefined ? {} : { serverCa }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(certificate === undefined || key === undefined ? {} : { client: { certificate, key } }),
  };
}
