import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  etaMs,
  formatBytes,
  formatCount,
  formatDuration,
  formatItems,
  formatRate,
  formatTable,
  progressBar,
  shorten,
  wrapped,
} from '../../../src/observe/format.ts';

describe('figures for people', () => {
  const cases: readonly (readonly [shown: string, expected: string])[] = [
    [formatBytes(0), '0 B'],
    [formatBytes(999), '999 B'],
    [formatBytes(1_000), '1 kB'],
    [formatBytes(1_549), '1.5 kB'],
    [formatBytes(99_940), '99.9 kB'],
    [formatBytes(99_960), '100 kB'],
    [formatBytes(999_499), '999 kB'],
    [formatBytes(999_600), '1 MB'],
    [formatBytes(450e9), '450 GB'],
    [formatBytes(1e18), '1000 PB'],
    [formatBytes(Number.NaN), '–'],
    [formatCount(1_234_567), '1,234,567'],
    [formatCount(Number.POSITIVE_INFINITY), '–'],
    [formatItems(1, 'profile'), '1 profile'],
    [formatItems(2_000, 'profile'), '2,000 profiles'],
    [formatItems(0, 'entry', 'entries'), '0 entries'],
    [formatRate(0), '0/s'],
    [formatRate(0.032), '1.9/min'],
    [formatRate(0.1), '0.1/s'],
    [formatRate(2.54), '2.5/s'],
    [formatRate(850.4), '850/s'],
    [formatRate(1_530.2), '1,530/s'],
    [formatDuration(0), '0 ms'],
    [formatDuration(340), '340 ms'],
    [formatDuration(999.7), '1 s'],
    [formatDuration(4_240), '4.2 s'],
    [formatDuration(59_960), '1 min'],
    [formatDuration(65_000), '1 min 5 s'],
    [formatDuration(3_599_900), '1 h'],
    [formatDuration(7_800_000), '2 h 10 min'],
    [formatDuration(273_600_000), '3 d 4 h'],
    [formatDuration(-1), '–'],
    [progressBar(0, 10, 4), '░░░░'],
    [progressBar(5, 10, 4), '██░░'],
    [progressBar(9, 16, 4), '██▎░'],
    [progressBar(10, 10, 4), '████'],
    [progressBar(12, 10, 4), '████'],
    [progressBar(0, 0, 4), '████'],
    [progressBar(7, null, 4), '░░░░'],
    [shorten('aoml/13857', 10), 'aoml/13857'],
    [shorten('aoml/13857', 6), 'aoml/…'],
  ];
  for (const [shown, expected] of cases) {
    it(`read ${expected}`, () => {
      assert.equal(shown, expected);
    });
  }
});

describe('the time that is left', () => {
  it('is what remains at the rate of now', () => {
    const left = etaMs({ done: 250, total: 1_000, perSecond: 50 });

    assert.equal(left, 15_000);
  });

  it('cannot be told without a total or a rate', () => {
    const left = [
      etaMs({ done: 1, total: null, perSecond: 5 }),
      etaMs({ done: 1, total: 9, perSecond: 0 }),
      etaMs({ done: 9, total: 1, perSecond: 1 }),
    ];

    assert.deepEqual(left, [null, null, null]);
  });
});

describe('a table', () => {
  it('is cut to the terminal in the last column alone, and never to nothing', () => {
    const rows = [['argo', 'x'.repeat(30), 'a message of some length that goes on and on']];
    const columns = ['flow', 'item', 'message'].map((title) => ({ title }));
    const widthAt = (width?: number) =>
      Math.max(
        ...formatTable(columns, rows, width)
          .split('\n')
          .map((line) => line.length),
      );

    assert.equal(widthAt(), 82);
    assert.equal(widthAt(70), 70);
    assert.equal(widthAt(10), 58);
    assert.match(formatTable(columns, rows, 70), /argo {2}x{30} {2}a message of some length that g…$/);
  });

  it('stands in columns, figures to the right, colours without width, no blanks at the end of a line', () => {
    const text = formatTable(
      [{ title: 'FLOW' }, { title: 'ITEMS', align: 'right' }, { title: 'PHASE' }],
      [
        ['\u001b[32margo\u001b[39m', '1,234', 'load'],
        ['ooi-ctd-profiler', '7', ''],
      ],
    );

    assert.equal(
      text,
      ['FLOW              ITEMS  PHASE', '\u001b[32margo\u001b[39m              1,234  load', 'ooi-ctd-profiler      7'].join('\n'),
    );
  });
});

describe('a text that is wrapped', () => {
  it('keeps its words whole, and gives one that is too long a line of its own', () => {
    const lines = wrapped('look at  rsync://host.example.org/argo/ first', 10);

    assert.deepEqual(lines, ['look at', 'rsync://host.example.org/argo/', 'first']);
  });

  it('has no line when there is nothing to say', () => {
    assert.deepEqual(wrapped(' ', 10), []);
  });
});
