import { z } from 'zod';
import { askCheck, runStandIn } from './stand-in.ts';

const Ready = z.object({ url: z.string(), tree: z.string() });

const PlayedNight = z.object({
  files: z.object({ added: z.number(), changed: z.number(), touched: z.number(), deleted: z.number() }),
  /** Of the files added and changed. */
  bytes: z.number(),
  profiles: z.object({ listed: z.number(), added: z.number(), deleted: z.number(), renamed: z.number() }),
});
export type PlayedNight = z.infer<typeof PlayedNight>;

const Checked = z.object({
  checked: z.number(),
  equal: z.number(),
  missing: z.number(),
  differing: z.number(),
  extra: z.number(),
  rejected: z.record(z.string(), z.number()),
  different: z.array(z.string()),
});
export type Checked = z.infer<typeof Checked>;

/** A data centre in a box. */
export interface StandIn {
  readonly url: string;
  /** Changes the tree as a facility does from one night to the next. */
  playNight(night: number): Promise<PlayedNight>;
  stop(): Promise<void>;
}

export async function startStandIn(
  folder: string,
  size: { readonly floats: number; readonly cycles: number; readonly seed: number },
): Promise<StandIn> {
  const numbers = ['--floats', String(size.floats), '--cycles', String(size.cycles), '--seed', String(size.seed)];
  const { answer, order, stop } = runStandIn('standins/gdac/main.ts', ['--folder', folder, ...numbers], folder);
  const { url } = await answer(Ready);
  return {
    url,
    async playNight(night) {
      order(`night ${night}`);
      return answer(PlayedNight);
    },
    stop,
  };
}

/** Compares every document with what the generator says it must be; in a process of its own, with no code of the loader. */
export const checkStandIn = (folder: string, uri: string, database: string): Promise<Checked> =>
  askCheck('standins/gdac/check.ts', ['--folder', folder, '--uri', uri, '--database', database], Checked, folder);
