import { styleText } from 'node:util';
import { etaMs, formatBytes, formatCount, formatDuration, formatRate, progressBar, shorten } from '../observe/format.ts';
import type { Run } from '../stores/runs.ts';
import { recommended } from './output.ts';

const BAR = 24;
/** The longest is `summaries`. */
const LABEL = 9;

/** A phase under way in one line: name, bar, counts, rate, time left. Without a known total, what is done so far and for how long. Pure. */
export function progressLine({ progress, phaseSince }: Run, now: Date): string {
  const { phase, done, total, failed, bytes } = progress;
  const elapsedMs = Math.max(0, now.getTime() - phaseSince.getTime());
  const label = phase.padEnd(LABEL);
  if (total === 0) {
    return [label, ...(done > 0 ? [`${formatCount(done)} so far`] : []), ...sizes(bytes, failed), formatDuration(elapsedMs)].join('  ');
  }
  const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const left = etaMs({ done, total, perSecond });
  return [
    label,
    progressBar(done, total, BAR),
    `${formatCount(done)}/${formatCount(total)}`,
    ...sizes(bytes, failed),
    ...(perSecond > 0 ? [formatRate(perSecond)] : []),
    ...(left === null ? [] : [`${formatDuration(left)} left`]),
  ].join('  ');
}

/**
 * The last line of a phase. What was seen of it last may be some moments old; a phase that gave way to the next has done all of its work,
 * while one in which the run ended badly has done what was seen. Pure.
 */
export function endedLine({ progress, phaseSince }: Run, at: Date, isComplete: boolean): string {
  const { phase, total, failed, bytes } = progress;
  const elapsedMs = Math.max(0, at.getTime() - phaseSince.getTime());
  const label = phase.padEnd(LABEL);
  const time = `${isComplete ? 'done in' : 'ended after'} ${formatDuration(elapsedMs)}`;
  if (total === 0) return [label, time].join('  ');
  const done = isComplete ? total : progress.done;
  return [
    label,
    progressBar(done, total, BAR),
    `${formatCount(done)}/${formatCount(total)}`,
    ...(progress.done >= total || !isComplete ? sizes(bytes, failed) : []),
    time,
    ...(elapsedMs > 0 && done > 0 ? [formatRate((done * 1000) / elapsedMs)] : []),
  ].join('  ');
}

const sizes = (bytes: number, failed: number): readonly string[] => [
  ...(bytes > 0 ? [formatBytes(bytes)] : []),
  ...(failed > 0 ? [`${formatCount(failed)} rejected`] : []),
];

/** Where progress is drawn: a stream that may be a terminal. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Often enough to see that something moves, rare enough for a log file. */
const PLAIN_EVERY_MS = 5_000;

/**
 * Draws a run. On a terminal the line of the present phase is rewritten until the phase ends; elsewhere a line is written when a phase ends,
 * and now and then in between.
 */
export class ProgressView {
  readonly #out: ProgressOutput;
  readonly #isLive: boolean;
  #last: Run | null = null;
  #saidAtMs = 0;

  constructor(out: ProgressOutput = process.stderr) {
    this.#out = out;
    this.#isLive = out.isTTY === true;
  }

  update(run: Run, now: Date): void {
    const last = this.#last;
    this.#last = run;
    const isNew = last === null || isOtherPhase(last, run);
    if (last !== null && isNew) this.#finish(last, run.phaseSince, true);
    if (isNew) this.#saidAtMs = now.getTime();
    if (run.says !== null && run.says !== last?.says) this.#print(`${run.flow}: ${recommended(run.says)}`);
    if (this.#isLive) this.#out.write(`\r\x1b[2K${styleText('cyan', '›')} ${this.#fitted(progressLine(run, now))}`);
    else if (now.getTime() - this.#saidAtMs >= PLAIN_EVERY_MS) {
      this.#out.write(`  ${progressLine(run, now)}\n`);
      this.#saidAtMs = now.getTime();
    }
  }

  /** The run is over, or no longer looked at: null. */
  end(run: Run | null): void {
    const last = this.#last;
    this.#last = null;
    if (last === null) return;
    if (run !== null && run.endedAt !== null) this.#finish(last, run.endedAt, run.health === 'ok');
    else if (this.#isLive) this.#out.write('\r\x1b[2K');
  }

  #finish(phase: Run, at: Date, isComplete: boolean): void {
    if (BOOK_KEEPING.has(phase.progress.phase) && at.getTime() - phase.phaseSince.getTime() < WORTH_A_LINE_MS) return;
    const mark = isComplete ? styleText('green', '✓') : styleText('yellow', '■');
    this.#print(`${this.#isLive ? mark : ' '} ${this.#fitted(endedLine(phase, at, isComplete))}`);
  }

  #print(line: string): void {
    this.#out.write(`${this.#isLive ? '\r\x1b[2K' : ''}${line}\n`);
  }

  /** A line that wraps cannot be rewritten. */
  #fitted(line: string): string {
    return this.#isLive && this.#out.columns !== undefined ? shorten(line, this.#out.columns - 3) : line;
  }
}

/** Phases that are over in a moment, as a rule, and have nothing to tell. */
const BOOK_KEEPING: ReadonlySet<string> = new Set(['starting', 'plan', 'record']);
const WORTH_A_LINE_MS = 1_000;

const isOtherPhase = (a: Run, b: Run): boolean => a.run !== b.run || a.progress.phase !== b.progress.phase;
