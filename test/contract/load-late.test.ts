import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { type Fence, Leases } from '../../src/stores/leases.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';
import { type LoadSite, openSite } from '../helpers/loading.ts';
import { checkProducts, snapshotOf } from '../helpers/products.ts';
import { differences } from '../helpers/profile-tree.ts';

const world = { seed: 13, floats: 9, cyclesPerFloat: 7 };
const LAST_NIGHT = 5;

let server: TestDatabase;
let database: Database;
before(async () => {
  server = await startDatabase();
  database = await server.open('late');
});
after(() => server.stop());

/** Answers one check of the lease truly, but so late that meanwhile everything else can happen: as if the process had been stopped there. */
class Stopped extends Leases {
  checks = 0;
  readonly #at: number;
  readonly #meanwhile: () => Promise<void>;

  constructor(over: Database, at: number, meanwhile: () => Promise<void>) {
    super(over);
    this.#at = at;
    this.#meanwhile = meanwhile;
  }

  override async assertHeld(fence: Fence): Promise<void> {
    this.checks += 1;
    await super.assertHeld(fence);
    if (this.checks === this.#at) await this.#meanwhile();
  }
}

async function state(site: LoadSite): Promise<ReadonlyMap<string, string>> {
  const parts = [
    await snapshotOf(site.products, 'argo'),
    await snapshotOf(database.book, 'receipts'),
    await snapshotOf(database.book, 'quarantine'),
  ];
  return new Map(
    parts.flatMap((part, at) =>
      [...part].filter(([id]) => at === 0 || id.startsWith(`${site.flow.name}/`)).map(([id, text]) => [`${at} ${id}`, text]),
    ),
  );
}

/** Another run takes the flow, and brings it to a night far on. */
async function takeOver(site: LoadSite, from: number, known: readonly string[]): Promise<void> {
  const heir = { job: 'mirror', workflowId: 'mirror/heir', runId: 'heir' };
  const taken = await site.leases.take(site.flow.name, heir, new Date(), async () => false);
  for (let night = from + 1; night <= LAST_NIGHT; night += 1) await site.playNight(night);
  await site.load(await site.keys(...known), { run: 'heir', fence: taken.state === 'taken' ? taken.fence : assert.fail('not taken') });
}

const lateIn = async (name: string, night: number, check: number): Promise<void> => {
  const site = await openSite(database, server.folder, `${name}-${check}`, world);
  const known = new Set(await site.keys());
  for (let earlier = 1; earlier <= night; earlier += 1) {
    await site.load([...known], { run: `night-${earlier - 1}` });
    await site.playNight(earlier);
    for (const key of await site.keys()) known.add(key);
  }
  let atWake: ReadonlyMap<string, string> = new Map();
  const leases = new Stopped(database, check, async () => {
    await takeOver(site, night, [...known]);
    atWake = await state(site);
  });

  const end = await site.load([...known], { run: 'stopped' }, { leases }).then(
    () => null,
    (error: unknown) => error,
  );

  const after = await state(site);
  const { differing, missing, extra } = await checkProducts({ ...world, night: LAST_NIGHT }, site.products);
  await site.close();
  assert.ok(leases.checks >= check, `it came to check ${check}`);
  assert.ok(end === null || isFailure(end, 'lease_lost'), String(end));
  assert.deepEqual(differences(atWake, after), [], 'all is as the other run left it');
  assert.deepEqual([differing, missing, extra], [0, 0, 0]);
};

describe('a loader that is stopped just after its lease was checked, and goes on when another run has brought the flow far on,', () => {
  for (const check of [2, 3, 4, 5])
    it(`changes nothing of that run's work: in its first load, at check ${check}`, () => lateIn('first', 0, check));
  for (const check of [1, 4, 5, 6, 7])
    it(`changes nothing of that run's work: in a later load, at check ${check}`, () => lateIn('later', 1, check));
});
