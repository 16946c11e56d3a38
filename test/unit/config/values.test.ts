import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { z } from 'zod';
import { baseUrl, parseHostPort, rsyncAddress, webBase } from '../../../src/config/addresses.ts';
import { isCron } from '../../../src/config/cron.ts';
import { editDistance, nearest } from '../../../src/config/nearest.ts';
import {
  byteRate,
  bytes,
  collectionName,
  cron,
  duration,
  flowName,
  folder,
  queueSuffix,
  share,
  wholeNumber,
} from '../../../src/config/values.ts';
import { fc } from '../../helpers/properties.ts';

const reads = (schema: z.ZodType, written: unknown): unknown => {
  const parsed = schema.safeParse(written);
  return parsed.success ? parsed.data : 'refused';
};

const table: readonly (readonly [what: string, schema: z.ZodType, cases: readonly (readonly [written: unknown, read: unknown])[]])[] = [
  [
    'a duration in milliseconds',
    duration,
    [
      ['250ms', 250],
      ['30s', 30_000],
      ['15m', 900_000],
      ['6h', 21_600_000],
      ['7d', 604_800_000],
      ['0s', 0],
      ['1.5h', 'refused'],
      ['30', 'refused'],
      [30, 'refused'],
      ['-1s', 'refused'],
      ['1w', 'refused'],
    ],
  ],
  [
    'a size in bytes',
    bytes,
    [
      ['500kB', 500_000],
      ['10MB', 10_000_000],
      ['1.5 GB', 1_500_000_000],
      ['2GiB', 2_147_483_648],
      ['10MB/s', 'refused'],
      ['10 megabytes', 'refused'],
      ['0B', 'refused'],
    ],
  ],
  [
    'a rate in bytes per second',
    byteRate,
    [
      ['5MB/s', 5_000_000],
      ['64KiB/s', 65_536],
      ['5MB', 'refused'],
      ['0B/s', 'refused'],
    ],
  ],
  [
    'a cron line in UTC',
    cron,
    [
      ['0 6 * * *', '0 6 * * *'],
      ['06:00', '0 6 * * *'],
      ['23:59', '59 23 * * *'],
      ['*/15 0-6,22 1 jan mon-fri', '*/15 0-6,22 1 jan mon-fri'],
      ['24:00', 'refused'],
      ['60 6 * * *', 'refused'],
      ['0 6 * *', 'refused'],
      ['@daily', 'refused'],
      ['0 6 * * * *', 'refused'],
      ['5-1 * * * *', 'refused'],
      ['*/0 * * * *', 'refused'],
    ],
  ],
  [
    'the name of a flow',
    flowName,
    [
      ['argo', 'argo'],
      ['ooi-ctd-2', 'ooi-ctd-2'],
      ['Argo', 'refused'],
      ['2argo', 'refused'],
      ['-argo', 'refused'],
      ['a/b', 'refused'],
      ['a'.repeat(121), 'refused'],
      ['argo\n', 'refused'],
    ],
  ],
  [
    'an rsync address',
    rsyncAddress,
    [
      ['vdmzrs.ifremer.fr::argo/', 'vdmzrs.ifremer.fr::argo/'],
      ['vdmzrs.ifremer.fr::argo', 'vdmzrs.ifremer.fr::argo/'],
      ['rsync://127.0.0.1:8730/argo/dac', 'rsync://127.0.0.1:8730/argo/dac/'],
      ['rsync://[::1]:8730/argo/', 'rsync://[::1]:8730/argo/'],
      ['rsync://reader@host/argo/', 'rsync://reader@host/argo/'],
      ['rsync://reader:pw@host/argo/', 'refused'],
      ['rsync://host:0/argo/', 'refused'],
      ['rsync://host:99999/argo/', 'refused'],
      ['rsync://host/', 'refused'],
      ['host:/argo/', 'refused'],
      ['user@host:argo', 'refused'],
      ['--rsh=touch /tmp/x', 'refused'],
      ['-e::argo/', 'refused'],
      ['host::-argo/', 'refused'],
      ['host::argo/../other/', 'refused'],
      ['host::argo other', 'refused'],
      ['host::argo/*', 'refused'],
      ['host::argo\n', 'refused'],
      ['/local/folder/', 'refused'],
    ],
  ],
  [
    'the address that paths are appended to',
    baseUrl,
    [
      ['ftp://ftp.ifremer.fr/ifremer/argo/dac/', 'ftp://ftp.ifremer.fr/ifremer/argo/dac/'],
      ['https://data-argo.ifremer.fr/', 'https://data-argo.ifremer.fr/'],
      ['https://host/argo', 'refused'],
      ['https://u:p@host/argo/', 'refused'],
      ['file:///etc/', 'refused'],
    ],
  ],
  [
    'the address that files are fetched from',
    webBase,
    [
      ['https://data-argo.ifremer.fr/dac/', 'https://data-argo.ifremer.fr/dac/'],
      ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
      ['ftp://ftp.ifremer.fr/ifremer/argo/dac/', 'refused'],
      ['https://u:p@host/argo/', 'refused'],
      ['https://host/argo', 'refused'],
    ],
  ],
  [
    'a folder',
    folder,
    [
      ['/data/argo', '/data/argo'],
      ['with blanks/too', 'with blanks/too'],
      ['~/argo', 'refused'],
      ['-rf', 'refused'],
      ['', 'refused'],
      ['a\u0000b', 'refused'],
    ],
  ],
  [
    'a share',
    share,
    [
      [0.01, 0.01],
      [1, 1],
      [1.01, 'refused'],
      ['1%', 'refused'],
      [Number.NaN, 'refused'],
    ],
  ],
  [
    'a whole number in its range',
    wholeNumber(1, 64),
    [
      [64, 64],
      [65, 'refused'],
      [0, 'refused'],
      [2.5, 'refused'],
      ['4', 'refused'],
    ],
  ],
  [
    'a collection',
    collectionName,
    [
      ['argoMeta', 'argoMeta'],
      ['system.users', 'refused'],
      ['a$b', 'refused'],
    ],
  ],
  [
    'a queue suffix',
    queueSuffix,
    [
      ['beamline3.example.org', 'beamline3.example.org'],
      ['Beam@line', 'refused'],
    ],
  ],
];

describe('values of flow files', () => {
  for (const [what, schema, cases] of table) {
    for (const [written, read] of cases) {
      it(`${what}: ${JSON.stringify(written)} is ${read === 'refused' ? 'refused' : `read as ${JSON.stringify(read)}`}`, () => {
        const found = reads(schema, written);

        assert.deepEqual(found, read);
      });
    }
  }

  it('that are rsync addresses never begin with a hyphen, hold no blanks and no step upwards, whatever was written', () => {
    const piece = fc.constantFrom('host', '::', ':', '/', '..', '.', '-', ' ', 'rsync://', 'argo', '@', '\n', '*', '$', ';', '[::1]');
    const start = fc.constantFrom('', 'host::', 'rsync://host/', 'rsync://[::1]:873/');
    const written = fc.tuple(start, fc.array(piece, { maxLength: 6 })).map(([first, pieces]) => `${first}${pieces.join('')}`);
    const isSafe = (address: string): boolean => !/^-|[\s*$;]|(^|\/|::)\.\.?(\/|$)|::-/.test(address);

    fc.assert(
      fc.property(written, (text) => {
        const read = reads(rsyncAddress, text);

        assert.ok(read === 'refused' || (typeof read === 'string' && isSafe(read)), String(read));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('an address of host and port', () => {
  it('loses the brackets of IPv6; a port over 65535 is none', () => {
    const read = ['localhost:7233', '[::1]:80', 'host:0', 'host:70000', 'host', ':80', '-x:80'].map(parseHostPort);

    assert.deepEqual(read, [
      { host: 'localhost', port: 7233 },
      { host: '::1', port: 80 },
      { host: 'host', port: 0 },
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('a cron line', () => {
  it('with Sunday as 7 is one', () => {
    const isOne = isCron('0 0 * * 7');

    assert.equal(isOne, true);
  });
});

describe('the nearest known word', () => {
  it('is found over slips, swaps and other cases, and not when nothing is near', () => {
    const known = ['mirror', 'upstream', 'deletions', 'load'];

    const near = ['miror', 'upsrteam', 'Deletions', 'laod', 'zebra'].map((word) => nearest(word, known));

    assert.deepEqual(near, ['mirror', 'upstream', 'deletions', 'load', undefined]);
  });

  it('is none for a text that is no word, without comparing it letter by letter', () => {
    const known = Array.from({ length: 50 }, (_, at) => 'key'.repeat(at + 1));

    assert.equal(nearest('k'.repeat(1_500_000), known), undefined);
  });

  it('is measured by insertions, deletions, changes and swaps', () => {
    const distances = [editDistance('', 'abc'), editDistance('kitten', 'sitting'), editDistance('ab', 'ba'), editDistance('same', 'same')];

    assert.deepEqual(distances, [3, 3, 1, 0]);
  });
});
