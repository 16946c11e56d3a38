import { isDeepStrictEqual } from 'node:util';
import type { Collection } from 'mongodb';
import { Failure } from '../errors.ts';
import type { Fence } from '../stores/leases.ts';
import { type Database, within } from '../stores/mongo.ts';
import type { ArgoFlow } from './flow.ts';
import type { RebuildSummary } from './rebuild-plan.ts';
import type { RebuildTarget } from './rebuild-target.ts';
import { RULES_VERSION } from './rules-version.ts';

/** How far a swap is. Each step may be done twice. */
export type SwapStep = 'collections' | 'clear receipts' | 'move receipts' | 'quarantine';

/** A rebuild, which may take several runs: what one run leaves unfinished the next one takes up. */
export interface Rebuild {
  readonly flow: string;
  readonly target: RebuildTarget;
  /** Id of the run that began it; receipts of what it makes carry it, whichever run did the work. */
  readonly rebuild: string;
  readonly state: 'loading' | 'swapping' | 'done';
  readonly step: SwapStep | null;
  /** The plan at work; null while there is none yet. */
  readonly plan: string | null;
  readonly summary: RebuildSummary | null;
  /** Epoch of the lease it was last worked on under: when the next holder's is the next number, nobody else wrote meanwhile. */
  readonly epoch: number;
  /** What documents depend on beside the files: a rebuild is not finished by other rules than it was begun with. */
  readonly recipe: string;
  readonly startedAt: Date;
  readonly runs: number;
  /** Collections that a swap took out, and that the next rebuild beside the live ones may drop. */
  readonly old: readonly string[];
}

type RebuildDocument = Rebuild & { readonly _id: string };

export const recipeOf = ({ mirror, database, collections, sourceUrl }: ArgoFlow): string =>
  JSON.stringify({ mirror, database, collections, sourceUrl, rules: RULES_VERSION });

/** Whether a rebuild works, or worked, in the collections that its flow has now: only those of them that it left are the flow's to drop. */
export function isOfCollections({ recipe }: Pick<Rebuild, 'recipe'>, flow: ArgoFlow): boolean {
  const namesIn = (text: string): readonly unknown[] => {
    const { database, collections }: { readonly database?: unknown; readonly collections?: unknown } = JSON.parse(text);
    return [database, collections];
  };
  return isDeepStrictEqual(namesIn(recipe), namesIn(recipeOf(flow)));
}

const idOf = (flow: string, target: RebuildTarget): string => `${flow}#${target}`;

/** The last rebuild of each flow and target. */
export class RebuildLedger {
  readonly #rebuilds: Collection<RebuildDocument>;

  constructor(database: Database) {
    this.#rebuilds = database.book.collection<RebuildDocument>('rebuilds');
  }

  async last(flow: string, target: RebuildTarget): Promise<Rebuild | null> {
    return await within(`reading the rebuild of ${flow}`, () =>
      this.#rebuilds.findOne({ _id: idOf(flow, target) }, { projection: { _id: 0 } }),
    );
  }

  /**
   * Begins a new one in the place of the last, as the caller knows it.
   * @throws {Failure} `rebuild_overtaken` (again): somebody else has begun or gone on meanwhile.
   */
  async begin(rebuild: Rebuild, last: Rebuild | null): Promise<void> {
    const _id = idOf(rebuild.flow, rebuild.target);
    const isBegun = await within(`beginning a rebuild of ${rebuild.flow}`, async () =>
      last === null
        ? (await this.#rebuilds.updateOne({ _id }, { $setOnInsert: rebuild }, { upsert: true })).upsertedCount === 1
        : (await this.#rebuilds.replaceOne({ _id, ...markOf(last) }, rebuild)).matchedCount === 1,
    );
    if (!isBegun) throw overtaken(rebuild.flow);
  }

  async note(
    { flow, target, rebuild }: Pick<Rebuild, 'flow' | 'target' | 'rebuild'>,
    known: Partial<Pick<Rebuild, 'state' | 'plan' | 'summary' | 'epoch' | 'runs' | 'old'>>,
  ): Promise<void> {
    await within(`noting a rebuild of ${flow}`, () => this.#rebuilds.updateOne({ _id: idOf(flow, target), rebuild }, { $set: known }));
  }

  /**
   * Takes a swap on from where the caller knows it to be; answers where it is then.
   * @throws {Failure} `rebuild_overtaken` (again): somebody else has taken it on meanwhile.
   */
  async advance(from: Rebuild, to: Pick<Rebuild, 'state' | 'step'> & Partial<Pick<Rebuild, 'old'>>): Promise<Rebuild> {
    const { flow, target } = from;
    const taken = await within(`noting a rebuild of ${flow}`, () =>
      this.#rebuilds.updateOne({ _id: idOf(flow, target), ...markOf(from) }, { $set: to }),
    );
    if (taken.matchedCount === 1) return { ...from, ...to };
    throw overtaken(flow);
  }

  /** @throws {Failure} `rebuild_overtaken` (again): the rebuild is not where the caller knows it to be. */
  async assertAt(known: Rebuild): Promise<void> {
    const last = await this.last(known.flow, known.target);
    if (last === null || !isDeepStrictEqual(markOf(last), markOf(known))) throw overtaken(known.flow);
  }
}

/** How far a rebuild is. */
const markOf = ({ rebuild, state, step, plan }: Rebuild): Pick<Rebuild, 'rebuild' | 'state' | 'step' | 'plan'> => ({
  rebuild,
  state,
  step,
  plan,
});

/** An attempt that was stopped for a while and taken for dead: the one that followed it has done its work. */
const overtaken = (flow: string): Failure =>
  new Failure({
    kind: 'again',
    code: 'rebuild_overtaken',
    happened: `The rebuild of flow ${flow} was taken on by another attempt`,
    remedy: 'This one did nothing more; the next attempt finds out how far the rebuild is',
  });

/** Whether a run that holds this lease can go on with the plan itself: nobody has written since, so the mirror is as it was planned. */
export const isUntouchedSince = ({ epoch }: Rebuild, fence: Fence): boolean => fence.epoch === epoch || fence.epoch === epoch + 1;
