import { z } from 'zod';
import { errnoOf, Failure } from '../errors.ts';
import { HIDDEN, redactText } from '../observe/redact.ts';

/** What `console.log` and `util.inspect` ask an object for. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** A text that shows itself nowhere: printed, inspected, logged or sent as JSON it is `***`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it only where the text is handed to the server that asks for it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [INSPECT](): string {
    return HIDDEN;
  }
}

/** Reads a whole text file; throws Node's error (`ENOENT`, `EACCES`, …) when it cannot. */
export type ReadText = (path: string) => string;

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Where a secret is: in an environment variable of the workers, or in a file that they can read. A flow file names the place and never holds the secret,
 * so that a flow can be shown, committed, and sent to a workflow. Names beginning with `LANDFALL_SECRET_` are left free for these variables.
 */
export const secretReference = z.union(
  [
    z.strictObject({
      env: z
        .string()
        .regex(ENVIRONMENT_NAME, 'the name of an environment variable such as OOI_TOKEN')
        .describe('environment variable of the workers that holds the secret'),
    }),
    z.strictObject({
      file: z.string().min(1).meta({ format: 'path' }).describe('file that holds the secret; a newline at its end is cut'),
    }),
  ],
  { error: '{ env: NAME } or { file: PATH }: a flow file says where a secret is, it never holds one' },
);
export type SecretReference = z.output<typeof secretReference>;

/**
 * Fetches what a reference names.
 *
 * @param purpose  what the secret is, for the sentence: `the rsync password of flow argo`.
 * @throws {Failure} stop, `missing_secret`: the variable is not set, or the file cannot be read or is empty.
 */
export function resolveSecret(
  reference: SecretReference,
  purpose: string,
  { env, readFile }: { readonly env: Readonly<Record<string, string | undefined>>; readonly readFile: ReadText },
): Secret {
  if ('env' in reference) {
    const text = env[reference.env];
    if (text !== undefined && text !== '') return new Secret(text);
    throw missing(
      `${purpose} is not there: the environment variable ${reference.env} is not set`,
      `Set ${reference.env} for the workers, then start them again`,
    );
  }
  const read = readSecretFile(reference.file, readFile);
  if (read instanceof Secret) return read;
  throw missing(`${purpose} is not there: ${read}`, 'Make the file readable for the user that runs the workers');
}

/** The secret in a file without the newline at its end, or the reason why there is none, to be put into a sentence. */
export function readSecretFile(path: string, readFile: ReadText): Secret | string {
  try {
    const text = readFile(path).replace(/\r?\n$/, '');
    return text === '' ? `the file ${redactText(path)} is empty` : new Secret(text);
  } catch (error) {
    return `the file ${redactText(path)} ${unreadableBecause(error)}`;
  }
}

/** Why a file could not be read, to follow its name in a sentence. Rethrows what is not an error of the file system. */
export function unreadableBecause(error: unknown): string {
  const code = errnoOf(error);
  if (code === undefined) throw error;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  if (code === 'EISDIR') return 'is a folder';
  if (code === 'ENOTDIR') return 'is below something that is not a folder';
  return `cannot be read (${code})`;
}

const missing = (happened: string, remedy: string): Failure => new Failure({ kind: 'stop', code: 'missing_secret', happened, remedy });
