import { describe } from 'node:test';
import type { NewSubject } from '../helpers/object-subject.ts';
import { listing, readingAndWriting } from './objects-suite-bytes.ts';
import { conditions, fences } from './objects-suite-conditions.ts';
import { copyingAndDeleting, names } from './objects-suite-names.ts';

/** The whole contract, as tests of one implementation. */
export function objectStoreContract(name: string, subject: NewSubject): void {
  describe(`Objects ${name}`, { timeout: 120_000 }, () => {
    readingAndWriting(subject);
    listing(subject);
    conditions(subject);
    copyingAndDeleting(subject);
    names(subject);
    fences(subject);
  });
}
