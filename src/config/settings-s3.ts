import type { Problem } from './problems.ts';
import { Secret } from './secret.ts';
import type { SettingsText } from './settings-schema.ts';

export interface S3Settings {
  /** Base address. */
  readonly endpoint?: string;
  readonly region: string;
  readonly isPathStyle: boolean;
  /** Absent: whatever other S3 clients find on this machine. */
  readonly keys?: { readonly accessKey: Secret; readonly secretKey: Secret };
}

export function s3Of(text: SettingsText, files: ReadonlyMap<string, Secret>): S3Settings {
  const accessKey = text.S3_ACCESS_KEY_ID === undefined ? files.get('S3_ACCESS_KEY_ID_FILE') : new Secret(text.S3_ACCESS_KEY_ID);
  const secretKey =
    text.S3_SECRET_ACCESS_KEY === undefined ? files.get('S3_SECRET_ACCESS_KEY_FILE') : new Secret(text.S3_SECRET_ACCESS_KEY);
  return {
    ...(text.S3_ENDPOINT === undefined ? {} : { endpoint: text.S3_ENDPOINT.replace(/\/$/, '') }),
    region: text.S3_REGION,
    isPathStyle: text.S3_PATH_STYLE === 'true',
    ...(accessKey === undefined || secretKey === undefined ? {} : { keys: { accessKey, secretKey } }),
  };
}

/** Keys come in pairs, and belong to a server that is named: they are never sent to the embedded one. */
export function s3Disagreements(given: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  const pair = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
  const missing = pair.filter((name) => given[name] === undefined && given[`${name}_FILE`] === undefined);
  const [lonely] = missing.length === 1 ? missing : [];
  if (lonely !== undefined) {
    return [{ path: lonely, text: `${lonely} is missing, while the other half is set. Expected a key id and its secret key together.` }];
  }
  if (missing.length > 0 || given.S3_ENDPOINT !== undefined) return [];
  const text = 'S3_ENDPOINT is missing, while keys for it are set. Expected the address of the server that the keys are for.';
  return [{ path: 'S3_ENDPOINT', text }];
}
