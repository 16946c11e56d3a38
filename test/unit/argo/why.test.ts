import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULES_VERSION } from '../../../src/argo/rules-version.ts';
import { parseNamed } from '../../../src/argo/why/named.ts';
import { nearestFloat, nearestNumber } from '../../../src/argo/why/near.ts';
import type { HeldFile, ProfileFacts } from '../../../src/argo/why/profile.ts';
import { profileLines, profileSentence } from '../../../src/argo/why/profile-lines.ts';
import type { QuarantineEntry } from '../../../src/stores/quarantine.ts';
import { verificationOf } from '../../helpers/verification.ts';

const profile = (dac: string | null, wmo = '13857', number = '001') => ({ kind: 'profile', dac, wmo, number });

describe('what a person names', () => {
  for (const [text, expected] of [
    ['13857_001', profile(null)],
    ['aoml/13857_001D', profile('aoml', '13857', '001D')],
    ['aoml/13857/profiles/R13857_001.nc', profile('aoml')],
    ['/mirror/aoml/13857/profiles/BD13857_001.nc', profile('aoml')],
    ['5900446', { kind: 'float', wmo: '5900446' }],
    ['aoml/5900446', { kind: 'float', wmo: '5900446' }],
    ['/mirror/aoml/5900446/', { kind: 'float', wmo: '5900446' }],
    ['/elsewhere/aoml/13857/profiles/R13857_001.nc', null],
    ['/mirror/../mirror2/aoml/13857_001', null],
    ['aoml/../13857_001', null],
    ['aoml/13857/profiles/R13858_001.nc', null],
    ['-13857_001', null],
    ['13857_001\n', null],
    ['13857_01', null],
    ['', null],
  ] as const) {
    it(`${JSON.stringify(text)} is ${expected === null ? 'nothing that is looked up' : `a ${expected.kind}`}`, () => {
      assert.deepEqual(parseNamed(text, '/mirror'), expected);
    });
  }
});

describe('the nearest known', () => {
  it('is the same cycle in the other direction, else the nearest cycle', () => {
    const known = ['001', '001D', '003', '1000', '098'];

    assert.deepEqual(
      ['002D', '001', '099', '5000'].map((number) => nearestNumber(number, known)),
      ['001D', '001', '098', '1000'],
    );
    assert.equal(nearestNumber('003D', known), '003');
    assert.equal(nearestNumber('001', []), null);
  });

  it('is a float whose number is mistyped, not any float', () => {
    assert.equal(nearestFloat('1380857', ['5900446', '1380875']), '1380875');
    assert.equal(nearestFloat('7777777', ['5900446', '1380875']), null);
  });
});

const at = new Date('2026-01-02T03:04:05Z');
const file: HeldFile = { path: 'aoml/13857/profiles/D13857_001.nc', sizeBytes: 9400, mtimeMs: at.getTime(), isChosen: true };
const older: HeldFile = { ...file, path: 'aoml/13857/profiles/R13857_001.nc', isChosen: false };
const receipt = {
  flow: 'argo',
  item: 'aoml/13857_001',
  product: '13857_001',
  files: [{ path: file.path, sizeBytes: 9400, mtimeMs: at.getTime(), sha256: 'ab'.repeat(32) }],
  run: 'run-1',
  rules: RULES_VERSION,
  at,
};
const entry: QuarantineEntry = {
  flow: 'argo',
  kind: 'argo',
  item: 'aoml/13857_001',
  files: [file.path],
  code: 'unreadable_file',
  message: 'It is cut short.',
  attempts: 2,
  firstAt: at,
  lastAt: at,
  lastRun: 'run-2',
  state: 'open',
  closedAs: null,
  closedAt: null,
};
const home: ProfileFacts = {
  item: 'aoml/13857_001',
  files: [file, older],
  receipt,
  document: { _id: '13857_001', date_updated_argovis: at, data_warning: ['missing_basin'] },
  quarantine: null,
  verification: null,
  run: null,
};

describe('how a profile stands', () => {
  for (const [sentence, facts] of [
    ['aoml/13857_001 is home: document 13857_001 was made from the files that lie in the mirror now.', {}],
    ['aoml/13857_001 is in quarantine: unreadable_file. The document of an earlier version stays.', { quarantine: entry }],
    ['aoml/13857_001 is in quarantine: unreadable_file. It has no document.', { quarantine: entry, document: null, receipt: null }],
    [
      'aoml/13857_001 was given up: its entry in quarantine, unreadable_file, was dropped.',
      { quarantine: { ...entry, state: 'closed', closedAs: 'dropped' }, document: null, receipt: null },
    ],
    ['aoml/13857_001 was never loaded: the next audit with --repair loads it.', { document: null, receipt: null }],
    ['aoml/13857_001 has a document that no receipt proves: the next audit with --repair loads it again.', { receipt: null }],
    ['aoml/13857_001 was loaded, but its document 13857_001 is gone: the next audit with --repair loads it again.', { document: null }],
    [
      'aoml/13857_001 is out of date: a file has another size than was loaded. The next audit with --repair loads it again.',
      { files: [{ ...file, sizeBytes: 1 }] },
    ],
    [
      'aoml/13857_001 is out of date: the mirror holds other files than were loaded. The next audit with --repair loads it again.',
      { files: [{ ...older, isChosen: true }] },
    ],
    [
      'aoml/13857_001 has no file in the mirror, but document 13857_001 is still there: the next audit with --repair removes it.',
      { files: [] },
    ],
    [
      'aoml/13857_001 has no file that is ever loaded, only those of other kinds, and no document.',
      { files: [older], document: null, receipt: null },
    ],
  ] as const) {
    it(sentence, () => {
      assert.equal(profileSentence({ ...home, ...facts }), sentence);
    });
  }

  for (const [verification, text] of [
    [verificationOf({}), 'clean'],
    [verificationOf({ state: 'skipped', reason: 'young' }), 'not judged: young'],
    [
      verificationOf({ state: 'failed', counts: { download_failed: 1 }, isReturned: true }),
      '1 finding, the first none; found again after a reload, a person has to look',
    ],
  ] as const) {
    it(`tells of its last check: ${text}`, () => {
      const [, told] = profileLines({ ...home, verification }).find(([name]) => name === 'verified') ?? [];

      assert.equal(told, `2026-01-02 03:04:05 UTC, ${text}`);
    });
  }

  it('is told in a few lines', () => {
    const finding = { code: 'data_mismatch', path: null, field: 'doxy', stored: 1, upstream: 2 };
    const verification = verificationOf({ state: 'wrong', findings: [finding], counts: { data_mismatch: 7 } });

    assert.deepEqual(profileLines({ ...home, verification, quarantine: { ...entry, state: 'closed', closedAs: 'loaded', closedAt: at } }), [
      ['files', 'aoml/13857/profiles/D13857_001.nc, 9.4 kB, of 2026-01-02 03:04:05 UTC, loaded'],
      ['', 'aoml/13857/profiles/R13857_001.nc, 9.4 kB, of 2026-01-02 03:04:05 UTC, not loaded'],
      ['receipt', 'of 2026-01-02 03:04:05 UTC, run run-1'],
      ['', 'aoml/13857/profiles/D13857_001.nc, 9.4 kB, sha256 abababababababab…'],
      ['document', '13857_001, loaded 2026-01-02 03:04:05 UTC, with missing_basin'],
      ['quarantine', 'was there for unreadable_file; closed as loaded 2026-01-02 03:04:05 UTC'],
      [
        'verified',
        '2026-01-02 03:04:05 UTC, 7 findings, the first {"code":"data_mismatch","path":null,"field":"doxy","stored":1,"upstream":2}',
      ],
    ]);
  });
});
