/** Keeps credentials out of everything that people and log collectors read. Pure. */

export const HIDDEN = '***';

/** Names of fields, keys and variables whose values are secrets, in any of the usual spellings. */
const SECRET_NAME = /pass(word|wd|phrase)|secret|token|credential|api[-_]?key|access[-_]?key|private[-_]?key|authorization|cookie/i;

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** Up to the last `@` before the path: the user part of any URL. */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>/?#]+@/gi;

/** Database passwords are often written unescaped, with `/` or `@` inside; so for these everything up to the last `@` goes. */
const DATABASE_USER_INFO = /((?:mongodb(?:\+srv)?|postgres(?:ql)?|redis|amqps?):\/\/)[^\s"'<>]+@/gi;

/** `password=…`, `token: …`, `"apiKey":"…"`, `?X-Amz-Signature=…`; the value ends at a blank, a quote or a separator. */
const NAMED_VALUE =
  /((?:pass(?:word|wd|phrase)|secret|token|credential|api[-_]?key|access[-_]?key(?:[-_]?id)?|private[-_]?key|signature)["']?\s?[=:]\s?\\?["']?)[^\s"'\\&,;]+/gi;

const AUTHORIZATION = /\b(bearer|basic)\s+[a-z0-9._~+/-]{8,}=*/gi;

/** Any text without the credentials in it: `mongodb://user:pw@host/` becomes `mongodb://***@host/`. */
export const redactText = (text: string): string =>
  text
    .replace(DATABASE_USER_INFO, `$1${HIDDEN}@`)
    .replace(USER_INFO, `$1${HIDDEN}@`)
    .replace(AUTHORIZATION, `$1 ${HIDDEN}`)
    .replace(NAMED_VALUE, `$1${HIDDEN}`);

const DEEPEST = 6;

/** A plain value without the credentials in it, at any depth up to 6: what is deeper is cut. Other objects (errors, dates) pass as they are. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return depth >= DEEPEST ? '…' : value.map((element) => redactValue(element, depth + 1));
  if (!isPlainObject(value)) return value;
  return depth >= DEEPEST ? '…' : redactFields(value, depth + 1);
}

/** The fields of a log line or message: values under secret names are hidden, all others redacted as text. */
export function redactFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isSecretName(name) && isHideable(value) ? HIDDEN : redactValue(value, depth)]),
  );
}

/** Counts and flags under such a name (`tokens: 3`) tell nothing; text and structures might. */
const isHideable = (value: unknown): boolean => typeof value === 'string' || (typeof value === 'object' && value !== null);

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
