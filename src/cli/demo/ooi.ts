import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableOf } from '../../ooi/names.ts';
import { plot } from '../ooi-plot.ts';

import { type Observatory, startObservatory } from './observatory.ts';
import { DEMO_STREAM, demoSet, demoStream } from './ooi-flow.ts';
import { isWhole, runsTable, seriesVerdict, whereItIs } from './ooi-report.ts';
import { type DayRun, Days } from './ooi-runs.ts';
import type { Stage, Told, Tour } from './stage.ts';

const FLOW = 'ctd';
const SET = 'observatory';
const VARIABLE = 'sea_water_temperature';
const DAY_SECONDS = 86_400;
/** Stretches of rows that the observatory is asked for once more. */
const SLABS = 2;

/** An ocean observatory in miniature: the whole series, two days, a refresh and its undoing, and the proof that every value is right. */
export async function ooiTour(stage: Stage, { seed, days }: { readonly seed: number; readonly days: number }): Promise<Tour> {
  const { home, context, lifetime } = stage;
  const folder = join(home, 'ooi');
  await mkdir(folder, { recursive: true });
  const standIn = startObservatory({ seed, days, rowSeconds: 60 }, folder);
  const observatory = await lifetime.start(standIn, (one) => one.stop());
  const [user, token] = [join(folder, 'user'), join(folder, 'token')];
  await writeFile(user, `${observatory.user}\n`);
  await writeFile(token, `${observatory.token}\n`, { mode: 0o600 });
  const both = { api: `${observatory.url}/`, user, token, place: join(home, 'stores') };
  await writeFile(join(context.settings.flows, `${FLOW}.yaml`), demoStream({ ...both, name: FLOW }));
  await writeFile(join(context.settings.flows, `${SET}.yaml`), demoSet({ ...both, name: SET }));
  return {
    introduction: `  stand-in   ${observatory.url} (an observatory, its clock told when a day has passed)`,
    play: () => play(stage, observatory, both.place),
  };
}

async function play(stage: Stage, observatory: Observatory, place: string): Promise<Told> {
  const { home, context, lifetime, tell } = stage;
  const table = tableOf(DEMO_STREAM);
  const days = new Days(stage, FLOW, table);

  tell(`The first harvest of ${table} finds no store and starts a refresh: the whole series.`);
  const whole = await days.firstHarvest();
  tell('A day passes at the observatory. The harvest of the day appends what is new, what came late, and what was corrected:');
  await lifetime.unlessStopped(observatory.advance(DAY_SECONDS));
  const first = await days.run('first day', 'harvest', {});
  tell('Another day:');
  await lifetime.unlessStopped(observatory.advance(DAY_SECONDS));
  const second = await days.run('second day', 'harvest', {});
  tell('A refresh is forced: the series is built anew beside the live one, compared with it, and published:');
  const anew = await days.run('forced refresh', 'refresh', { force: true });
  tell('An operator rolls back to the generation before, which readers then see, and forward again:');
  const back = await days.run('rollback', 'rollback', {});
  const forward = await days.run('and forward', 'rollback', { generation: anew.record.generation });
  tell('Every chunk is held against the record of what was written, and some stretches of rows against the observatory:');
  const checkedAgain = await days.run('verify', 'verify', { slabs: SLABS });

  const generations = join(place, `${table}.generations`);
  const checked = await lifetime.unlessStopped(
    observatory.check(table, [
      { folder: await realpath(join(place, table)), requests: requestsOf([anew]) },
      { folder: join(generations, String(back.record.generation)), requests: requestsOf([whole, first, second]) },
    ]),
  );
  const file = join(home, 'ooi', `${VARIABLE}.svg`);
  await plot(context, FLOW, VARIABLE, { out: file });
  const runs = [whole, first, second, anew, back, forward, checkedAgain];
  const found = { store: join(place, table), report: String(anew.record.report), picture: file, variable: VARIABLE };
  tell(`\n${runsTable(runs)}\n\n${seriesVerdict(checked)}\n\n${whereItIs(found)}\n`);
  return {
    isRight: isWhole(checked) && checkedAgain.state === 'done',
    value: { ooi: { table, runs: runs.map(({ name, state, record }) => ({ name, state, record })), checked, ...found } },
    last: anew.started,
    tryNext: [`ooi generations ${FLOW}`, `run rollback ${FLOW} --wait`, `run statistics ${SET} --wait`],
  };
}

const requestsOf = (runs: readonly DayRun[]): readonly string[] => runs.map(({ record }) => String(record.request));
