import { z } from 'zod';

/** Schemas of addresses. Each text is checked before it can reach a command line: it never begins with `-`, and holds no blanks or control characters. */

const HOST = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}\\])';
const USER = '(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}@)?';
const MODULE_PATH = '([A-Za-z0-9._][A-Za-z0-9._~+=,%-]*(?:/[A-Za-z0-9._~+=,%-]+)*/?)';

const HIGHEST_PORT = 65_535;

const RSYNC_URL = new RegExp(`^rsync://${USER}${HOST}(?::(\\d{1,5}))?/${MODULE_PATH}$`);
const RSYNC_DAEMON = new RegExp(`^${USER}${HOST}::${MODULE_PATH}$`);

const RSYNC_EXPECTED =
  'the address of an rsync daemon such as rsync://host/module/path/ or host::module/path/, without a password (that is a key of its own) and without ".."';

function isRsyncAddress(written: string): boolean {
  const url = RSYNC_URL.exec(written);
  const path = url?.[2] ?? RSYNC_DAEMON.exec(written)?.[1];
  if (path === undefined || path.split('/').some((segment) => segment === '..' || segment === '.')) return false;
  const port = url?.[1];
  return port === undefined || (Number(port) >= 1 && Number(port) <= HIGHEST_PORT);
}

/** An rsync daemon's module or a folder in it. It always ends in `/` afterwards: what is meant is the content of the folder. Remote shells are refused. */
export const rsyncAddress = z
  .string({ error: RSYNC_EXPECTED })
  .refine(isRsyncAddress, { error: RSYNC_EXPECTED })
  .transform((written) => (written.endsWith('/') ? written : `${written}/`));

const BASE_URL_EXPECTED = 'an address that begins with ftp://, http:// or https://, ends in / and holds no password';
/** Where paths are appended to. */
export const baseUrl = z
  .string({ error: BASE_URL_EXPECTED })
  .regex(new RegExp(`^(?:ftp|https?)://${HOST}(?::\\d{1,5})?/(?:[A-Za-z0-9._~+=,%-]+/)*$`), { error: BASE_URL_EXPECTED });

const WEB_BASE_EXPECTED = 'an address that begins with https:// or http://, ends in / and holds no password';
/** Where files are fetched from: paths are appended to it. */
export const webBase = z
  .string({ error: WEB_BASE_EXPECTED })
  .regex(new RegExp(`^https?://${HOST}(?::\\d{1,5})?/(?:[A-Za-z0-9._~+=,%-]+/)*$`), { error: WEB_BASE_EXPECTED });

export interface HostPort {
  readonly host: string;
  /** 0: a free one, chosen by the system. */
  readonly port: number;
}

const HOST_PORT = new RegExp(`^(${HOST}):(\\d{1,5})$`);

/** Reads `host:port`; null when it is none. The brackets of an IPv6 address are taken off. */
export function parseHostPort(written: string): HostPort | null {
  const match = HOST_PORT.exec(written);
  if (match === null) return null;
  const port = Number(match[2]);
  return port <= HIGHEST_PORT ? { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port } : null;
}
