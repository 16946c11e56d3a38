import { bringToFirst, forgetLoaded, type NightSite } from './nights.ts';
import { compared, type Remains, remainsOf, wrongsOf } from './remains.ts';
import type { Scenario } from './scenario.ts';

/** Where a rebuild may be struck, and how often. */
export const REBUILD_PHASES = { starting: 1, look: 1, plan: 2, load: 5, record: 1 } as const;

/** Everything anew from the mirror, into collections that hold nothing. */
export const rebuilt = (site: NightSite): Scenario => rebuild(site, 'rebuild', {}, () => forgetLoaded(site));

/** Everything anew from the mirror beside collections that are read meanwhile, and swapped. */
export const rebuiltBeside = (site: NightSite): Scenario => rebuild(site, 'beside', { beside: true }, async () => undefined);

function rebuild(site: NightSite, name: string, input: object, clear: () => Promise<void>): Scenario {
  const { dev, flow } = site;
  let undisturbed: Remains | null = null;
  return {
    name,
    mirror: flow.mirror,
    async prepare() {
      await bringToFirst(site);
      site.isAfterFirst = false;
      await clear();
    },
    start: () =>
      dev.client.workflow.start('rebuild', { taskQueue: 'landfall', workflowId: 'rebuild/chaos', args: [{ flow: flow.name, ...input }] }),
    async wrongs(run, result) {
      const remains = await remainsOf(site, result);
      undisturbed ??= remains;
      const wrongs = [...(await wrongsOf(site, site.before, run, result)), ...compared(undisturbed, remains)];
      if (wrongs.length === 0) site.isAfterFirst = true;
      return wrongs;
    },
  };
}
