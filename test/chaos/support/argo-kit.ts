import type { Kit } from './kit.ts';
import { firstNight, laterNight, NIGHT_PHASES, type NightSite, nightSite } from './nights.ts';
import { REBUILD_PHASES, rebuilt, rebuiltBeside } from './rebuilds.ts';

/** Nights and rebuilds of a mirror. */
export const argoKit: Kit = {
  kind: 'argo',
  victims: ['worker', 'rsync', 'temporal', 'database'],
  struck: [
    { name: 'first night', phases: NIGHT_PHASES },
    { name: 'rebuild', phases: REBUILD_PHASES },
    { name: 'later night', phases: NIGHT_PHASES },
    { name: 'beside', phases: { ...REBUILD_PHASES, swap: 2 } },
  ],
  async open() {
    let site: NightSite | null = null;
    return {
      dev: {},
      async scenarios(dev) {
        site = await nightSite(dev);
        return [firstNight(site), laterNight(site), rebuilt(site), rebuiltBeside(site)];
      },
      stop: async () => site?.stop(),
    };
  },
};
