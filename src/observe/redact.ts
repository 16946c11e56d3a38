/** Keeps credentials out of everything that people and log collectors read. Pure. */

export const HIDDEN = '***';

const SECRET_WORDS =
  'pass(?:word|wd|phrase)|secret|token|credentials?|api[-_]?key|access[-_]?key(?:[-_]?id)?|private[-_]?key|authorization|cookie|signature';

const SECRET_NAME = new RegExp(SECRET_WORDS, 'i');

/** Whether a field, key or variable of this name holds a secret, in any of the usual spellings. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** Up to the last `@` before the path: the user part of any URL. */
const USER_INFO = /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s"'<>/?#]+@/gi;

/** These passwords are often written unescaped, with `/` or `@` inside; so everything up to the last `@` goes. */
const UNESCAPED_USER_INFO = /((?:mongodb(?:\+srv)?|postgres(?:ql)?|redis|amqps?|rsync):\/\/)[^\s"'<>]+@/gi;

/** `user:password@host::module`, the other way to write the address of an rsync daemon. */
const DAEMON_USER_INFO = /(?<![^\s"'<>=(])[^\s"'<>:@/]{1,64}:[^\s"'<>]{0,256}@(?=[\w.[\]:-]{1,260}?::)/g;

const AUTHORIZATION = /\b(bearer|basic)\s+[a-z0-9._~+/-]{8,}=*/gi;

const namedValue = (afterName: string): RegExp =>
  new RegExp(`((?:${SECRET_WORDS})${afterName}\\s?[=:]\\s?(?:\\\\?["'])?)[^\\s"'\\\\&,;]+`, 'gi');

/** `password=…`, `token: …`, `"apiKey":"…"`, `?X-Amz-Signature=…`; the value ends at a blank, a quote or a separator. */
const NAMED_VALUE = namedValue('["\']?');

/** The same inside the strings of a JSON line only: between a quoted name and its value stands the line's own structure. */
const NAMED_VALUE_IN_JSON = namedValue('(?:\\\\["\'])?');

/** A string under a secret name in a JSON line. */
const JSON_FIELD = new RegExp(`("[^"\\\\]*(?:${SECRET_WORDS})[^"\\\\]*"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*"`, 'gi');

/** What every credential that is found here has about it: most texts have none of it, and one look is cheaper than five replacements. */
const SUSPECT = new RegExp(`://|::|bearer\\s|basic\\s|${SECRET_WORDS}`, 'i');

/** Any text without the credentials in it: `mongodb://user:pw@host/` becomes `mongodb://***@host/`. */
export const redactText = (text: string): string => (SUSPECT.test(text) ? redactAddresses(text).replace(NAMED_VALUE, `$1${HIDDEN}`) : text);

/** A line of JSON without the credentials in it; it stays JSON with the same keys. */
export const redactJsonLine = (line: string): string =>
  SUSPECT.test(line) ? redactAddresses(line).replace(JSON_FIELD, `$1${HIDDEN}"`).replace(NAMED_VALUE_IN_JSON, `$1${HIDDEN}`) : line;

const redactAddresses = (text: string): string =>
  text
    .replace(AUTHORIZATION, `$1 ${HIDDEN}`)
    .replace(UNESCAPED_USER_INFO, `$1${HIDDEN}@`)
    .replace(USER_INFO, `$1${HIDDEN}@`)
    .replace(DAEMON_USER_INFO, `${HIDDEN}@`);

const DEEPEST = 6;

/** A value as a log line may hold it: without credentials; errors as fields; what lies deeper than six levels cut. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value instanceof Error) return depth >= DEEPEST ? redactText(value.message) : errorFields(value, depth + 1);
  if (Array.isArray(value)) return depth >= DEEPEST ? '…' : value.map((element) => redactValue(element, depth + 1));
  if (!isPlainObject(value)) return value;
  return depth >= DEEPEST ? '…' : redactFields(value, depth + 1);
}

/** The fields of a log line or message: values under secret names are hidden, all others redacted. */
export function redactFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isSecretName(name) && isTelling(value) ? HIDDEN : redactValue(value, depth)]),
  );
}

/** Numbers and flags under such a name (`tokens: 3`) tell nothing. */
const isTelling = (value: unknown): boolean => typeof value === 'string' || (typeof value === 'object' && value !== null);

/** An error with its own fields (kind, code, …), its stack, and its causes. */
function errorFields(error: Error, depth: number): Record<string, unknown> {
  const { message, stack, cause } = error;
  const own = Object.fromEntries(Object.entries(error).filter(([, value]) => value !== undefined));
  return {
    ...redactFields(own, depth),
    name: error.name,
    message: redactText(message),
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause === undefined ? {} : { cause: redactValue(cause, depth) }),
  };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
