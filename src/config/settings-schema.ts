import { z } from 'zod';
import { parseHostPort } from './addresses.ts';
import { QUEUE_PURPOSE, type Queue } from './queues.ts';
import { isSmtpUrl, SMTP_EXPECTED } from './settings-mail.ts';
import { databaseName, duration } from './values.ts';

/** Each default once, with its reason. */
const DEFAULTS = {
  /** Beside the project, so that two checkouts do not disturb each other. */
  home: '.landfall',
  flows: 'flows',
  /** The namespace that a Temporal server makes by itself. */
  namespace: 'default',
  /** Apart from the products' databases, which other programs read. */
  database: 'landfall',
  level: 'info',
  /** A free port: several workers on one machine never collide. A deployment sets one that its monitoring knows. */
  http: '127.0.0.1:0',
  /** Politeness: a facility's server is asked for one thing a second by all workers together, whatever their number. */
  requestRate: '1',
  /** What S3 servers other than Amazon's expect unless told otherwise. */
  region: 'us-east-1',
  /** Every S3 server answers it; bucket names as host names need a name service that knows them. */
  pathStyle: 'true',
  /** Longer than one batch takes; a container's usual ten seconds would cut it. */
  shutdownGrace: '30s',
} as const;

/** Activities at once in one worker process, for a machine of two cores. */
const CAPACITIES: Readonly<Record<Queue, number>> = {
  control: 20, // short book-keeping calls that wait for the database
  request: 4, // politeness: facilities' APIs answer few calls at once
  transfer: 2, // more share the same disk and line
  convert: 2, // one for each core
  load: 4, // one translates while others wait for the database
  verify: 1, // never in the way of the others
  notify: 2, // small and rare
};

const filled = z.string().min(1);
const flag = z.enum(['true', 'false']);

const SERVER_EXPECTED = 'host:port such as temporal.example.org:7233';
const serverAddress = z.string().refine((written) => (parseHostPort(written)?.port ?? 0) > 0, { error: SERVER_EXPECTED });

const HTTP_EXPECTED = 'host:port such as 127.0.0.1:9464, or off';
const listenAddress = z.string().refine((written) => written === 'off' || parseHostPort(written) !== null, { error: HTTP_EXPECTED });

const BUILD_EXPECTED = 'a version such as 0.4.0 or 2026-11-25.1: letters, digits, dots, hyphens and underscores, 63 characters at most';
const buildId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, { error: BUILD_EXPECTED });

const CAPACITY_EXPECTED = 'a whole number from 1 to 1000';
const capacity = (queue: Queue) =>
  z
    .string()
    .regex(/^(?:[1-9]\d{0,2}|1000)$/, { error: CAPACITY_EXPECTED })
    .prefault(String(CAPACITIES[queue]))
    .transform(Number)
    .describe(`activities at once in one worker process: ${QUEUE_PURPOSE[queue]}`);

const RATE_EXPECTED = 'a number a second above 0 and at most 1000, such as 1 or 0.2';
const rate = (unless: string) =>
  z
    .string()
    .regex(/^\d{1,4}(?:\.\d{1,3})?$/, { error: RATE_EXPECTED })
    .prefault(unless)
    .transform(Number)
    .refine((perSecond) => perSecond > 0 && perSecond <= 1000, { error: RATE_EXPECTED });

export const mongodbUri = z
  .string()
  .regex(/^mongodb(?:\+srv)?:\/\/\S+$/, { error: 'an address that begins with mongodb:// or mongodb+srv:// and holds no blanks' });

const S3_EXPECTED = 'an address such as https://s3.example.org or http://127.0.0.1:7070, without a path, a user or a password';
const s3Endpoint = z
  .string()
  .refine((written) => /^https?:\/\//.test(written) && parseHostPort(withPort(written)) !== null, { error: S3_EXPECTED });

/** `host:port` of a base address; its slash at the end is allowed. */
const withPort = (written: string): string => {
  const host = written.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return /:\d+$/.test(host) ? host : `${host}:443`;
};

/** Every variable that is read from the environment, as text. An empty variable counts as one that is not set. */
export const settingsSchema = z.strictObject({
  LANDFALL_HOME: filled.default(DEFAULTS.home).describe('folder of everything that Landfall writes by itself'),
  LANDFALL_FLOWS: filled.default(DEFAULTS.flows).describe('folder of the flow files; absent: `flows` in the home, where there is one'),
  TEMPORAL_ADDRESS: serverAddress.exactOptional().describe('Temporal server; absent: the embedded one'),
  TEMPORAL_NAMESPACE: filled.default(DEFAULTS.namespace).describe('Temporal namespace'),
  TEMPORAL_API_KEY: filled.exactOptional().describe('API key of the Temporal server (secret); turns TLS on'),
  TEMPORAL_API_KEY_FILE: filled.exactOptional().describe('file that holds the API key'),
  TEMPORAL_TLS: flag.exactOptional().describe('true or false; absent: on when a key or certificate is given'),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: filled.exactOptional().describe('file with the certificate authorities of the Temporal server'),
  TEMPORAL_TLS_SERVER_NAME: filled.exactOptional().describe("name expected in the Temporal server's certificate"),
  TEMPORAL_TLS_CLIENT_CERT_PATH: filled.exactOptional().describe('file with the client certificate'),
  TEMPORAL_TLS_CLIENT_KEY_PATH: filled.exactOptional().describe("file with the client certificate's key"),
  MONGODB_URI: mongodbUri.exactOptional().describe('MongoDB server (secret); absent: the embedded one'),
  MONGODB_URI_FILE: filled.exactOptional().describe('file that holds the address of the MongoDB server'),
  S3_ENDPOINT: s3Endpoint.exactOptional().describe('S3 server, such as https://s3.us-west-2.amazonaws.com; absent: the embedded one'),
  S3_REGION: filled.default(DEFAULTS.region).describe('region of the S3 server'),
  S3_PATH_STYLE: flag.default(DEFAULTS.pathStyle).describe('true: buckets are named in the path; false: in the host name'),
  S3_ACCESS_KEY_ID: filled
    .exactOptional()
    .describe('key id for S3_ENDPOINT (secret); absent: what other S3 clients find, in AWS_ variables, ~/.aws or the instance'),
  S3_ACCESS_KEY_ID_FILE: filled.exactOptional().describe('file that holds the key id'),
  S3_SECRET_ACCESS_KEY: filled.exactOptional().describe('secret key that belongs to the key id (secret)'),
  S3_SECRET_ACCESS_KEY_FILE: filled.exactOptional().describe('file that holds the secret key'),
  SMTP_URL: z
    .string()
    .refine(isSmtpUrl, { error: SMTP_EXPECTED })
    .exactOptional()
    .describe('mail server for messages to people (secret), such as smtps://user:password@mail.example.org; absent: no mail is sent'),
  SMTP_URL_FILE: filled.exactOptional().describe('file that holds the address of the mail server'),
  LANDFALL_MAIL_FROM: z.email({ error: 'a mail address such as landfall@example.org' }).exactOptional().describe('sender of the mail'),
  LANDFALL_DATABASE: databaseName.default(DEFAULTS.database).describe('MongoDB database of plans, runs, receipts, quarantine and leases'),
  LANDFALL_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default(DEFAULTS.level).describe('least level that is logged'),
  LANDFALL_LOG_FORMAT: z.enum(['auto', 'json', 'pretty']).default('auto').describe('auto: pretty on a terminal, else JSON'),
  LANDFALL_HTTP: listenAddress.default(DEFAULTS.http).describe('where workers answer /healthz and /metrics; port 0: a free one'),
  LANDFALL_SHUTDOWN_GRACE: duration
    .prefault(DEFAULTS.shutdownGrace)
    .describe('how long activities may go on after a worker was told to stop'),
  LANDFALL_BUILD_ID: buildId
    .exactOptional()
    .describe('version of the workflows this worker runs; set: a run stays on the version it began with (docs/operations.md)'),
  LANDFALL_TEMPORAL_BIN: filled.exactOptional().describe('the temporal command for the embedded server'),
  LANDFALL_MONGOD_BIN: filled.exactOptional().describe('the mongod command for the embedded database'),
  LANDFALL_VERSITYGW_BIN: filled.exactOptional().describe('the versitygw command for the embedded S3 server'),
  LANDFALL_CAPACITY_CONTROL: capacity('control'),
  LANDFALL_CAPACITY_REQUEST: capacity('request'),
  LANDFALL_CAPACITY_TRANSFER: capacity('transfer'),
  LANDFALL_CAPACITY_CONVERT: capacity('convert'),
  LANDFALL_CAPACITY_LOAD: capacity('load'),
  LANDFALL_CAPACITY_VERIFY: capacity('verify'),
  LANDFALL_CAPACITY_NOTIFY: capacity('notify'),
  LANDFALL_RATE_REQUEST: rate(DEFAULTS.requestRate).describe(
    'activities a second from queue request, kept by the server over all workers: facilities are asked no faster. The same for every worker',
  ),
});
export type SettingsText = z.output<typeof settingsSchema>;
export type Variable = keyof SettingsText;

export const VARIABLES: readonly string[] = Object.keys(settingsSchema.shape);
export const isVariable = (name: string): name is Variable => Object.hasOwn(settingsSchema.shape, name);

/** Variables whose values are never shown. */
export const SECRET_VARIABLES: readonly string[] = [
  'TEMPORAL_API_KEY',
  'MONGODB_URI',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'SMTP_URL',
] satisfies readonly Variable[];
