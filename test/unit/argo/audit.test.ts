import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Feed } from '../../../src/argo/audit/feed.ts';
import { type AuditedFloat, type AuditedReceipt, judgeFloat, staleness } from '../../../src/argo/audit/judge.ts';
import { byText, floatOrder, type MirrorProfile } from '../../../src/argo/audit/mirror-side.ts';
import { AuditTally, auditSentence, findingText, itemOf } from '../../../src/argo/audit/report.ts';
import { RULES_VERSION } from '../../../src/argo/rules-version.ts';

const path = (dac: string, number: string, prefix = 'R'): string => `${dac}/13857/profiles/${prefix}13857_${number}.nc`;
const file = (dac: string, number: string, prefix = 'R') => ({ path: path(dac, number, prefix), sizeBytes: 10, mtimeMs: 5 });
const profile = (number: string, dac = 'aoml'): MirrorProfile => ({ dac, wmo: '13857', number, files: [file(dac, number)] });
const receipt = (number: string, { product = `13857_${number}`, dac = 'aoml' } = {}): AuditedReceipt => ({
  item: `${dac}/13857_${number}`,
  product,
  rules: RULES_VERSION,
  files: [file(dac, number)],
});
const judge = (float: Partial<Omit<AuditedFloat, 'documents'>> & { readonly documents?: readonly string[] }) =>
  judgeFloat({ wmo: '13857', profiles: [], receipts: [], ...float, documents: new Set(float.documents ?? []) });

describe('what an audit found', () => {
  it('is one line of text, whatever a stranger called the document', () => {
    const texts = (['13857_001', '13857_001\n\u001b[2J', 5, { a: 1 }] as readonly unknown[]).map((id) => {
      const document: string = JSON.parse(JSON.stringify(id));
      return findingText({ state: 'extra', document, item: null, why: 'not_an_id' });
    });

    assert.deepEqual(
      texts.map((text) => text.split(': no profile')[0]),
      ['13857_001', '"13857_001\\n\\u001b[2J"', '5', '{"a":1}'],
    );
  });
});

describe('the order of an audit', () => {
  it('is that of the ids, not of the floats: a digit comes before the line', () => {
    const floats = ['13857', '138571', '1900001', '13858'];
    const ids = floats.map((wmo) => `${wmo}_001`);

    const ordered = floats.toSorted((a, b) => byText(floatOrder(a), floatOrder(b)));

    assert.deepEqual(ordered, ['138571', '13857', '13858', '1900001']);
    assert.deepEqual(
      ordered.map((wmo) => `${wmo}_001`),
      ids.toSorted(),
    );
  });
});

describe('a float of which everything is home', () => {
  it('gives nothing to say, whatever its numbers look like', () => {
    const numbers = ['000', '001', '001D', '099', '100', '1000'];

    const found = judge({
      profiles: numbers.map((number) => profile(number)),
      receipts: numbers.map((number) => receipt(number)),
      documents: numbers.map((number) => `13857_${number}`),
    });

    assert.deepEqual(found, []);
  });

  it('may lie under two centres', () => {
    const found = judge({
      profiles: [profile('001', 'aoml'), profile('001', 'bodc')],
      receipts: [receipt('001'), receipt('001', { dac: 'bodc' })],
      documents: ['13857_001'],
    });

    assert.deepEqual(found, []);
  });

  it('may have documents whose content gives another id than their names', () => {
    const found = judge({ profiles: [profile('002')], receipts: [receipt('002', { product: '13857_009' })], documents: ['13857_009'] });

    assert.deepEqual(found, []);
  });
});

describe('an audit suspects', () => {
  it('a profile without document and receipt, and one whose document is gone', () => {
    const found = judge({ profiles: [profile('001'), profile('002')], receipts: [receipt('002')] });

    assert.deepEqual(found, [
      { suspects: { state: 'missing', item: 'aoml/13857_001', why: 'never_loaded' } },
      { suspects: { state: 'missing', item: 'aoml/13857_002', why: 'document_gone' } },
    ]);
  });

  it('a receipt whose product is of another float only unless that document is there', () => {
    const found = judge({ profiles: [profile('001')], receipts: [receipt('001', { product: '5900446_001' })] });

    assert.deepEqual(found, [
      { suspects: { state: 'missing', item: 'aoml/13857_001', why: 'document_gone' }, unlessDocument: '5900446_001' },
    ]);
  });

  it('a document that no receipt proves, though its file is there', () => {
    const found = judge({ profiles: [profile('001')], documents: ['13857_001'] });

    assert.deepEqual(found, [{ suspects: { state: 'unreceipted', item: 'aoml/13857_001' } }]);
  });

  it('a document without files, unless a receipt of another item stands for it', () => {
    const found = judge({ documents: ['13857_001'] });

    assert.deepEqual(found, [
      { suspects: { state: 'extra', document: '13857_001', item: null, why: 'no_files' }, unlessReceiptFor: '13857_001' },
    ]);
  });

  it('a receipt without files; under another centre the profile may live on', () => {
    const found = judge({
      profiles: [profile('001', 'bodc')],
      receipts: [receipt('001'), receipt('001', { dac: 'bodc' }), receipt('002')],
      documents: ['13857_001', '13857_002'],
    });

    assert.deepEqual(found, [
      { suspects: { state: 'stale', item: 'aoml/13857_001', why: 'no_files' } },
      { leftover: 'aoml/13857_002', product: '13857_002' },
    ]);
  });

  it('a document of a name whose file now says another id', () => {
    const found = judge({
      profiles: [profile('001')],
      receipts: [receipt('001', { product: '13857_007' })],
      documents: ['13857_001', '13857_007'],
    });

    assert.deepEqual(found, [
      { suspects: { state: 'extra', document: '13857_001', item: null, why: 'other_id' }, unlessReceiptFor: '13857_001' },
    ]);
  });
});

describe('a receipt', () => {
  const files = [file('aoml', '001', 'SR'), file('aoml', '001')];
  const whole: AuditedReceipt = { ...receipt('001'), files };

  for (const [why, now] of [
    [null, files],
    ['files_moving', null],
    ['other_files', [file('aoml', '001')]],
    ['other_files', [file('aoml', '001', 'SD'), file('aoml', '001')]],
    ['other_size', [file('aoml', '001', 'SR'), { ...file('aoml', '001'), sizeBytes: 11 }]],
    ['other_time', [{ ...file('aoml', '001', 'SR'), mtimeMs: 6 }, file('aoml', '001')]],
  ] as const) {
    it(`over ${now === null ? 'moving files' : now.map(({ path: at, sizeBytes, mtimeMs }) => `${at.slice(20)} ${sizeBytes} ${mtimeMs}`).join(', ')} is ${why ?? 'right'}`, () => {
      assert.equal(staleness(whole, { files: now }), why);
    });
  }

  it('of older rules is stale', () => {
    assert.equal(staleness({ ...whole, rules: RULES_VERSION - 1 }, { files }), 'older_rules');
  });
});

describe('the report of an audit', () => {
  const plan = { plan: 'audit', flow: 'argo', pages: 0, items: 0 };
  const extra = (n: number) => ({ state: 'extra', document: `13857_${n}`, item: `aoml/13857_${n}`, why: 'no_files' }) as const;

  it('asks before more documents would go than the flow allows, and not below its floor', () => {
    const tally = new AuditTally();
    tally.add({ profiles: 0, receipts: 0, documents: 1000 });
    tally.find(Array.from({ length: 11 }, (_, n) => extra(n)));

    assert.match(tally.report(plan, { share: 0.01, floor: 10 }).question ?? '', /remove 11 of 1000 documents.*1 % and 10 are allowed/);
    assert.equal(tally.report(plan, { share: 0.02, floor: 10 }).question, null);
    assert.equal(tally.report(plan, { share: 0.01, floor: 11 }).question, null);
  });

  it('keeps few of many findings, and leaves to a person what is no profile', () => {
    const tally = new AuditTally();
    tally.find(Array.from({ length: 200 }, (_, n) => extra(n)));
    tally.find([
      { state: 'extra', document: 'notes', item: null, why: 'not_an_id' },
      { state: 'rejected', item: 'aoml/13857_003' },
    ]);

    const { samples, counts, toRemove } = tally.report(plan, { share: 0, floor: 0 });
    assert.equal(samples.extra.length, 10);
    assert.deepEqual([counts.extra, counts.rejected, toRemove], [201, 1, 200]);
    assert.equal(itemOf({ state: 'extra', document: 'notes', item: null, why: 'not_an_id' }), null);
  });

  it('is one sentence', () => {
    const counts = { profiles: 3, receipts: 2, documents: 2, rejected: 1, missing: 0, stale: 0, unreceipted: 0, extra: 0 };

    assert.equal(auditSentence({ counts }), '3 profiles in the mirror, 2 documents, 1 rightly in quarantine: all as it should be.');
    assert.match(auditSentence({ counts: { ...counts, missing: 1 } }), /: 1 missing, 0 stale, 0 without receipt, 0 extra\.$/);
    assert.match(
      auditSentence({ counts: { ...counts, profiles: 0, extra: 2 } }),
      /2 extra\. The mirror holds nothing at all: check that its disk/,
    );
  });
});

describe('a feed', () => {
  it('gives every item once, in order, over pages of any length, and ends', async () => {
    const pages = [[1, 2], [3], [4, 5, 6], []];
    const asked: (number | null)[] = [];
    const feed = new Feed<number>(async (after) => {
      asked.push(after);
      return pages[asked.length - 1] ?? [];
    });

    const taken = [await feed.takeWhile((n) => n < 3), await feed.peek(), await feed.takeWhile(() => true), await feed.peek()];

    assert.deepEqual(taken, [[1, 2], 3, [3, 4, 5, 6], null]);
    assert.deepEqual(asked, [null, 2, 3, 6]);
  });
});
