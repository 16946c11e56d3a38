import { createHash } from 'node:crypto';

/** A whole answer, ready to be sent. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export const answer = (status: number, type: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  type,
  body: typeof body === 'string' ? Buffer.from(body) : body,
  headers,
});

export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  answer(status, 'application/json', JSON.stringify(value), headers);

export const html = (title: string, text: string, status = 200): Answer =>
  answer(status, 'text/html; charset=utf-8', `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body>${text}</body></html>\n`);

export const maintenance = (): Answer => html('OOINet Maintenance', 'Down for maintenance.');
export const notFound = (): Answer => html('404 Not Found', 'Not Found', 404);
export const noData = (): Answer =>
  json({ message: { status: 'No data available for the requested time range.' }, requestUUID: null }, 404);
export const unauthorized = (): Answer =>
  json({ message: 'Unauthorized', status_code: 401 }, 401, { 'www-authenticate': 'Basic realm="m2m"' });

/** A file, with what a client needs to go on in the middle of it (`ETag`, `Last-Modified`, `Range`, `If-Range`). */
export function file(body: Buffer, type: string, modifiedAt: number, asked: FileHeaders): Answer {
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 24)}"`;
  const modified = new Date(modifiedAt).toUTCString();
  const headers = { etag, 'last-modified': modified, 'accept-ranges': 'bytes' };
  if (asked.ifNoneMatch === etag) return answer(304, type, '', headers);
  const range = asked.ifRange === undefined || asked.ifRange === etag || asked.ifRange === modified ? asked.range : undefined;
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === '' && last === '') return answer(200, type, body, headers);
  const from = first === '' ? Math.max(0, body.length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? body.length - 1 : Math.min(Number(last), body.length - 1);
  if (from > to) return answer(416, type, '', { ...headers, 'content-range': `bytes */${body.length}` });
  return answer(206, type, body.subarray(from, to + 1), { ...headers, 'content-range': `bytes ${from}-${to}/${body.length}` });
}

export interface FileHeaders {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly ifNoneMatch: string | undefined;
}
