import { Failure, type FailureFields } from '../../errors.ts';

/** What an HTTP answer means, by its status and its body. Pure. */

const LONGEST_WAIT_MS = 3_600_000;

/** Seconds or a date, as `Retry-After` may be written; at most an hour. undefined: not said. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return text === '' || Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}

/** What the clock of the other side showed, by its `Date`. Milliseconds since 1970; null: it did not say. */
export function dateOf({ date }: { readonly date?: string | undefined }): number | null {
  const ms = Date.parse(date ?? '');
  return Number.isNaN(ms) ? null : ms;
}

const AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

/** Redirects too: the interface itself sends nobody elsewhere, but a portal in trouble does. */
export const isAgain = (status: number): boolean => status >= 500 || AGAIN.has(status) || (status >= 300 && status < 400);

/** A page for people where data were asked for: during maintenance it comes with status 200. */
export const isHtml = (start: string): boolean =>
  /^(?:\ufeff)?\s*(?:<!--[\s\S]{0,500}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(start);

/** The title of a page, for the sentence; empty when it has none. */
const titleOf = (html: string): string => (/<title[^>]*>([^<]{0,200})/i.exec(html)?.[1] ?? '').replace(/\s+/g, ' ').trim();

export const isMaintenance = (html: string): boolean => /maintenance/i.test(titleOf(html));

export function maintenance(what: string, html: string): Failure {
  const title = titleOf(html);
  return new Failure({
    kind: 'again',
    code: 'facility_maintenance',
    happened: `The facility answered ${what} with a page for people${title === '' ? '' : ` ("${title}")`} instead of data`,
    remedy: 'Wait: the facility is likely in maintenance; the work goes on by itself afterwards',
  });
}

/** The failure of a status that is no success. `what`: what was asked for, to follow "the facility failed at". */
export function statusFailure(what: string, status: number, retryAfter: number | undefined, withCredentials = false): Failure {
  const wait = retryAfter === undefined ? {} : { retryAfterMs: retryAfter };
  if (withCredentials && (status === 401 || status === 403)) {
    return failure('stop', 'facility_refused', `The facility refused the credentials for ${what} (status ${status})`, {
      remedy: 'Check the API user name and token (OOI_USERNAME and OOI_TOKEN unless the flow names others) in the profile of the portal',
    });
  }
  if (status === 429) return failure('again', 'facility_busy', `The facility has no time for ${what} (status 429)`, wait);
  if (isAgain(status)) return failure('again', 'facility_error', `The facility failed at ${what} (status ${status})`, wait);
  if (status === 404)
    return failure('stop', 'not_at_facility', `The facility does not have ${what}`, { remedy: 'Check the names in the flow' });
  return failure('stop', 'facility_refused_request', `The facility refused ${what} (status ${status})`, {
    remedy: 'Look at what was asked for; asking again as it is will be refused again',
  });
}

const failure = (kind: FailureFields['kind'], code: string, happened: string, more: Partial<FailureFields>): Failure =>
  new Failure({ kind, code, happened, ...more });
