import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseKeyText } from '../../src/argo/names.ts';
import { why } from '../../src/argo/why/why.ts';
import { isFailure } from '../../src/errors.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { Runs } from '../../src/stores/runs.ts';
import { Verifications } from '../../src/stores/verifications.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';
import { type LoadSite, openSite } from '../helpers/loading.ts';
import { verificationOf } from '../helpers/verification.ts';

let server: TestDatabase;
let database: Database;
let site: LoadSite;
let home = { item: '', dac: '', wmo: '', number: '', files: [''] };
before(async () => {
  server = await startDatabase();
  database = await server.open('whys');
  site = await openSite(database, server.folder, 'tree', { seed: 3, floats: 12, cyclesPerFloat: 6 });
  await new Runs(database).begin({ run: 'run-1', flow: 'tree', kind: 'argo', job: 'mirror', workflowId: 'mirror/tree' }, new Date());
  await site.load(await site.keys());
  const [receipt] = [...(await site.receipts.find('tree', await site.keys())).values()].filter(({ files }) => files.length === 1);
  const key = parseKeyText(receipt?.item ?? '');
  home = {
    item: receipt?.item ?? '',
    dac: key?.dac ?? '',
    wmo: key?.wmo ?? '',
    number: key?.number ?? '',
    files: (receipt?.files ?? []).map(({ path }) => path),
  };
});
after(async () => {
  await site.close();
  await server.stop();
});

const ask = (item: string) => why(site.flow, item, database);
const linesOf = async (item: string): Promise<string> => (await ask(item)).lines.map(([subject, text]) => `${subject}: ${text}`).join('\n');
const refusal = (item: string): Promise<string> =>
  ask(item).then(
    () => assert.fail('it is known'),
    (error: unknown) => {
      assert.ok(isFailure(error, 'unknown_item'));
      return error.message;
    },
  );

describe('why', () => {
  it('tells the same of a profile however it is named', async () => {
    const { item, dac, wmo, number, files } = home;
    const named = [item, `${wmo}_${number}`, files[0] ?? '', join(site.flow.mirror, files[0] ?? '')];

    const answers = await Promise.all(named.map(ask));

    const lines = await linesOf(item);
    assert.equal(answers[0]?.sentence, `${item} is home: document ${wmo}_${number} was made from the files that lie in the mirror now.`);
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.match(lines, new RegExp(`^files: ${dac}/${wmo}/profiles/`));
    assert.match(lines, /\nreceipt: of .*, run run-1\n: .*sha256 [0-9a-f]{16}…\n/);
    assert.match(lines, /\nquarantine: never\nverified: never\nlast run: mirror of /);
  });

  it('shows the reason of what is in quarantine, and the last verification', async () => {
    const [entry] = await site.quarantine.list('tree');
    const item = entry?.item ?? '';
    await new Verifications(database).put(verificationOf({ flow: 'tree', item: home.item }));

    const { sentence } = await ask(item);

    assert.match(sentence, new RegExp(`^${item} is in quarantine: ${entry?.code}\\. `));
    assert.ok((await linesOf(item)).includes(`\n: ${entry?.message}\n`));
    assert.match(await linesOf(home.item), /\nverified: .* UTC, clean\n/);
  });

  it('counts a float, and gives a line for each profile that is not simply home', async () => {
    const { wmo, files } = home;
    const before = await ask(wmo);
    rmSync(join(site.flow.mirror, files[0] ?? ''));

    const { sentence, lines } = await ask(`${home.dac}/${wmo}`);

    const counts = before.lines.map(([subject, text]) => `${subject} ${text}`);
    assert.ok(counts.some((line) => /^profiles \d+ in the mirror$/.test(line)) && counts.some((line) => /^documents \d+$/.test(line)));
    assert.match(sentence, new RegExp(`^Float ${wmo} has \\d+ profiles in the mirror; 1 differ`));
    assert.ok(lines.some(([, text]) => text === `extra ${wmo}_${home.number}: no files in the mirror`));
    assert.match((await ask(home.item)).sentence, /has no file in the mirror, but document .* is still there/);
  });

  it('names the nearest known when it knows nothing', async () => {
    const { wmo } = home;
    const mistyped = `9${wmo.slice(1)}`;

    assert.match(
      await refusal(`${wmo}_999`),
      new RegExp(`^Flow tree knows nothing of ${wmo}_999\\. The nearest of float ${wmo} is ${wmo}_\\d+D?\\.$`),
    );
    assert.match(await refusal(mistyped), /knows nothing of float \d+\. The nearest float in the mirror is \d+\.$/);
    assert.match(await refusal('nowhere/99999_001'), /knows nothing of nowhere\/99999_001\. The mirror holds 12 floats, /);
    assert.match(
      await refusal('../../etc/passwd'),
      /^"\.\.\/\.\.\/etc\/passwd" names no profile, float or profile file\. Expected 13857_001, /,
    );
  });
});
