import { Failure } from '../../errors.ts';

export const noGeneration = (what: string, there: readonly string[]): Failure =>
  new Failure({
    kind: 'stop',
    code: 'no_generation',
    happened: what,
    expected: there.length === 0 ? 'a generation; there is none' : `one of ${there.join(', ')}`,
    remedy: 'Name one that is kept, or refresh the flow',
  });

export const noStore = (table: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'no_store',
    happened: `${table} has no store yet, so nothing can be added to it`,
    remedy: 'Refresh the flow: that builds the first generation',
  });

/** Another writer was there: whoever meets it begins again from what is there now. */
export const storeChanged = (key: string, what: string): Failure =>
  new Failure({
    kind: 'replan',
    code: 'store_changed',
    happened: `${key} was changed by another while it was being written: ${what}`,
    remedy: 'Begin again from what is there now',
  });

export const changeUnderWay = (id: string): Failure =>
  new Failure({
    kind: 'again',
    code: 'change_under_way',
    happened: `Generation ${id} is being changed, or a change of it was cut short`,
    remedy: 'Wait for the writer; the next run of the flow ends what was cut short',
  });

export const emptySeries = (id: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'empty_series',
    happened: `Generation ${id} would have no rows`,
    expected: 'at least one file with a usable time',
    remedy: 'Look at why its files were left out',
  });
