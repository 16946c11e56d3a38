import { styleText } from 'node:util';
import { etaMs, formatBytes, formatCount, formatDuration, formatRate, progressBar } from '../observe/format.ts';
import type { Run } from '../stores/runs.ts';

const BAR = 24;

/** One line of a run's progress: phase, bar, counts, rate, time left. Pure. */
export function progressLine(run: Run, now: Date): string {
  const { phase, done, total, failed, bytes } = run.progress;
  const seconds = (now.getTime() - run.phaseSince.getTime()) / 1000;
  const perSecond = seconds > 0 ? done / seconds : 0;
  const left = etaMs({ done, total: total === 0 ? null : total, perSecond });
  const parts = [
    phase.padEnd(7),
    progressBar(done, total === 0 ? null : total, BAR),
    total === 0 ? formatCount(done) : `${formatCount(done)}/${formatCount(total)}`,
    ...(bytes > 0 ? [formatBytes(bytes)] : []),
    ...(perSecond > 0 ? [formatRate(perSecond)] : []),
    ...(failed > 0 ? [`${formatCount(failed)} rejected`] : []),
    ...(left === null ? [] : [`${formatDuration(left)} left`]),
  ];
  return parts.join('  ');
}

/** Where progress is drawn. On a terminal one line is rewritten; elsewhere a line is written when there is something new to say. */
export class ProgressView {
  readonly #out: NodeJS.WriteStream;
  readonly #isLive: boolean;
  #lastPhase = '';
  #lastSaid = 0;
  #saidSentence: string | null = null;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
    this.#isLive = out.isTTY === true;
  }

  update(run: Run, now: Date): void {
    if (run.says !== null && run.says !== this.#saidSentence) this.note(`${run.flow}: ${run.says}`);
    this.#saidSentence = run.says;
    const line = progressLine(run, now);
    if (this.#isLive) {
      if (this.#lastPhase !== '' && this.#lastPhase !== run.progress.phase) this.#out.write('\n');
      this.#out.write(`\r\x1b[2K${styleText('cyan', '›')} ${line}`);
    } else if (run.progress.phase !== this.#lastPhase || now.getTime() - this.#lastSaid >= PLAIN_EVERY_MS) {
      this.#out.write(`  ${line}\n`);
      this.#lastSaid = now.getTime();
    }
    this.#lastPhase = run.progress.phase;
  }

  /** A line of its own between two states of the bar. */
  note(sentence: string): void {
    this.#out.write(this.#isLive && this.#lastPhase !== '' ? `\r\x1b[2K${sentence}\n` : `${sentence}\n`);
  }

  end(): void {
    if (this.#isLive && this.#lastPhase !== '') this.#out.write('\r\x1b[2K');
    this.#lastPhase = '';
  }
}

/** Often enough to see that something moves, rare enough for a log file. */
const PLAIN_EVERY_MS = 5_000;
