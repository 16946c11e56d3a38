import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ConfigError } from '../../../src/config/problems.ts';
import { Failure } from '../../../src/errors.ts';
import { historyStatus } from '../../../src/ooi/notify/history.ts';
import { exportRecords } from '../../../src/ooi/takeover/export-records.ts';
import { importRecords, type RecordKeeper } from '../../../src/ooi/takeover/import-records.ts';
import { openDisk } from '../../../src/stores/objects/disk.ts';

const CTD = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const OPTAA = 'CE04OSPS-SF01B-3B-OPTAAD105-streamed-optaa_sample';

interface Kept {
  readonly key: string;
  readonly waitsFor: string | null;
}

interface Status {
  readonly data_check?: unknown;
  readonly data_response?: string;
}

const isStatus = (json: unknown): json is Status => typeof json === 'object' && json !== null && 'data_check' in json;

/** Reads as little of a record as the test needs, and keeps what it adopts. */
function keeperOf(): RecordKeeper<Kept, Kept> & { readonly kept: Map<string, Kept> } {
  const kept = new Map<string, Kept>();
  const adopt = async (record: Kept): Promise<boolean> => !kept.has(record.key) && kept.set(record.key, record).size > 0;
  return {
    kept,
    readStatus(table, json) {
      if (!isStatus(json))
        throw new Failure({ kind: 'stop', code: 'bad_status_record', happened: `The status record of ${table} has no data_check` });
      return { key: table, waitsFor: json.data_check === true ? (json.data_response ?? null) : null };
    },
    outstanding: ({ waitsFor }) => waitsFor,
    readRequest: (name, _json, flow) => ({ key: `${flow}: ${name}`, waitsFor: null }),
    adoptStatus: adopt,
    adoptRequest: adopt,
  };
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landfall-records-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
}

const waiting = (record: string): string =>
  JSON.stringify({ status: 'pending', data_check: true, data_response: `s3://flow-process-bucket/ooinet-requests/${record}` });

describe('records of an existing harvest', () => {
  it('are taken over: every status, and of the requests those that a stream waits for', async () => {
    const keeper = keeperOf();
    await write(`harvest-status/${CTD}`, waiting(`${CTD}__20250730T0003__daily`));
    await write(`harvest-status/${OPTAA}`, '{"status":"success","data_check":false}');
    await write(`ooinet-requests/${CTD}__20250730T0003__daily`, '{"result":{}}');
    await write(`ooinet-requests/${CTD}__20250729T0003__daily`, 'it is past, and not even read');

    const first = await importRecords(folder, keeper, { dryRun: false });
    const again = await importRecords(folder, keeper, { dryRun: false });

    assert.deepEqual([...keeper.kept.keys()], [CTD, OPTAA, `${CTD.toLowerCase()}: ${CTD}__20250730T0003__daily`]);
    assert.deepEqual(first, {
      statuses: { adopted: 2, kept: 0 },
      requests: { adopted: 1, kept: 0, past: 1 },
      withoutRecord: [],
    });
    assert.deepEqual(again, { ...first, statuses: { adopted: 0, kept: 2 }, requests: { adopted: 0, kept: 1, past: 1 } });
  });

  it('name the stream that waits for a request whose record is gone', async () => {
    await write(`harvest-status/${CTD}`, waiting(`${CTD}__20250730T0003__daily`));

    const imported = await importRecords(folder, keeperOf(), { dryRun: true });

    assert.deepEqual(imported.withoutRecord, [CTD]);
  });

  it('are told with every problem at once, and none is taken over', async () => {
    const keeper = keeperOf();
    await write(`harvest-status/${CTD}`, '{"data_check":false}');
    await write(`harvest-status/${OPTAA}`, '{"status":"success"}');
    await write('harvest-status/notes', '{"data_check":false}');
    await write(`harvest-status/${OPTAA}2`, '{"data_check"');

    await assert.rejects(importRecords(folder, keeper, { dryRun: false }), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(
        error.problems.map(({ file }) => file),
        [`harvest-status/${OPTAA}`, `harvest-status/${OPTAA}2`, 'harvest-status/notes'],
      );
      return true;
    });
    assert.equal(keeper.kept.size, 0);
  });

  it('are refused where there are none', async () => {
    await assert.rejects(importRecords(folder, keeperOf(), { dryRun: false }), { code: 'usage', message: /holds no records/ });
  });
});

describe('records of the product', () => {
  it('are exported as the existing harvest keeps them, with the history of each stream', async () => {
    const at = new Date('2025-07-30T00:03:00Z');
    const source = {
      statuses: async () => [
        { table: CTD, json: { status: 'pending' } },
        { table: OPTAA, json: { status: 'unknown' } },
      ],
      requests: async (table: string) => (table === CTD ? [{ name: `${CTD}__20250730T0003__daily`, json: { result: {} } }] : []),
      history: async (table: string) => (table === CTD ? [{ status: 'pending' as const, at }] : []),
    };

    const exported = await exportRecords(source, await openDisk({ folder }));

    assert.deepEqual(exported, { statuses: 2, requests: 1, histories: 1 });
    assert.deepEqual(await readdir(join(folder, 'harvest-status')), [CTD, OPTAA]);
    assert.deepEqual(JSON.parse(await readFile(join(folder, 'ooinet-requests', `${CTD}__20250730T0003__daily`), 'utf8')), { result: {} });
    assert.equal(await readFile(join(folder, 'history', `${CTD}.txt`), 'utf8'), '🔵 Data request [pending] (2025-07-30T00:03:00.000Z)\n');
  });

  it('have states of requests in the words of the history', () => {
    const words = ['waiting', 'consumed', 'nothing_new', 'expired', 'discontinued', 'published', 'constructor'].map(historyStatus);

    assert.deepEqual(words, ['pending', 'success', 'skip', 'failed', 'discontinued', null, null]);
  });
});
