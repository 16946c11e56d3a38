import type { Problem } from './problems.ts';
import { Secret } from './secret.ts';
import type { SettingsText } from './settings-schema.ts';

/** How mail leaves. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly smtp: Secret;
  readonly from: string;
}

export const SMTP_EXPECTED = 'an address such as smtps://user:password@mail.example.org:465 or smtp://127.0.0.1:25';
const SMTP_URL = /^smtps?:\/\/[^\s/?#]+(?:[/?]\S*)?$/;
export const isSmtpUrl = (written: string): boolean => SMTP_URL.test(written) && URL.canParse(written);

export function mailOf(text: SettingsText, files: ReadonlyMap<string, Secret>): MailSettings | null {
  const smtp = text.SMTP_URL === undefined ? files.get('SMTP_URL_FILE') : new Secret(text.SMTP_URL);
  return smtp === undefined || text.LANDFALL_MAIL_FROM === undefined ? null : { smtp, from: text.LANDFALL_MAIL_FROM };
}

/** A server without a sender sends nothing, and a sender without a server neither. */
export function mailDisagreements(
  given: Readonly<Record<string, string | undefined>>,
  files: ReadonlyMap<string, Secret>,
): readonly Problem[] {
  const hasServer = given.SMTP_URL !== undefined || given.SMTP_URL_FILE !== undefined;
  const inFile = files.get('SMTP_URL_FILE');
  const wrong =
    inFile === undefined || isSmtpUrl(inFile.reveal())
      ? []
      : [{ path: 'SMTP_URL_FILE', text: `the file that SMTP_URL_FILE names holds something else. Expected ${SMTP_EXPECTED}.` }];
  if (hasServer === (given.LANDFALL_MAIL_FROM !== undefined)) return wrong;
  const path = hasServer ? 'LANDFALL_MAIL_FROM' : 'SMTP_URL';
  return [...wrong, { path, text: `${path} is missing, while the other half is set. Expected a mail server and a sender together.` }];
}
