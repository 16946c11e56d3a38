import type { CycleEnd } from './cycle.ts';
import { VICTIMS } from './plan.ts';

/** One line for one kill. */
export function cycleLine(seed: number, { cycle, scenario, struck, phase, wrongs, seconds }: CycleEnd): string {
  const moment = `${cycle.phase} ${Math.round(cycle.share * 100)} %`;
  const how = struck === null ? 'missed' : wrongs.length === 0 ? 'ok' : 'WRONG';
  const columns = [
    `${seed}/${cycle.number}`.padEnd(12),
    scenario.padEnd(16),
    (struck ?? cycle.victim).padEnd(16),
    moment.padEnd(13),
    `in ${phase}`.padEnd(12),
    how.padEnd(7),
    `${seconds.toFixed(1)} s`.padStart(8),
  ];
  return [columns.join(' '), ...wrongs.map((wrong) => `    ${wrong}`)].join('\n');
}

/** Kills by victim and by the phase they hit, and how the runs ended. */
export function summaryTable(ends: readonly CycleEnd[]): string {
  const phases = [...new Set(ends.map(({ phase }) => phase))];
  const head = ['victim', ...phases, 'kills', 'ok', 'wrong', 'missed', 'median', 'longest'];
  const victims = VICTIMS.filter((victim) => ends.some(({ cycle }) => cycle.victim === victim));
  const rows = [...victims, 'all'].map((victim) => {
    const mine = ends.filter(({ cycle }) => victim === 'all' || cycle.victim === victim);
    const hit = mine.filter(({ struck }) => struck !== null);
    const wrong = mine.filter(({ wrongs }) => wrongs.length > 0).length;
    const times = hit.map(({ seconds }) => seconds).toSorted((a, b) => a - b);
    const inPhase = phases.map((phase) => hit.filter((end) => end.phase === phase).length);
    const seconds = [times[Math.floor(times.length / 2)] ?? 0, times.at(-1) ?? 0].map((time) => `${time.toFixed(1)} s`);
    return [
      victim,
      ...inPhase,
      hit.length,
      hit.filter(({ wrongs }) => wrongs.length === 0).length,
      wrong,
      mine.length - hit.length,
      ...seconds,
    ];
  });
  return [head, ...rows]
    .map((row) => row.map((cell, at) => (at === 0 ? String(cell).padEnd(9) : String(cell).padStart(9))).join(''))
    .join('\n');
}
