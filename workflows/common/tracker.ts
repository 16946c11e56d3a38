import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { SearchAttribute } from '../../src/config/search-attributes.ts';
import { utcText } from '../../src/observe/utc.ts';
import type { Health } from '../../src/stores/runs.ts';
import type { ActivityProgress, ProgressAnswer } from './messages.ts';

const keyOf = (name: SearchAttribute) => defineSearchAttributeKey(name, 'KEYWORD');

export interface Tally {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly bytes: number;
}

const nothing: Tally = { done: 0, total: 0, failed: 0, bytes: 0 };

/** Where a run is, for the query, the search attributes and the details pane of the Web UI. */
export class Tracker {
  /** The run only says what it would do. */
  readonly isDryRun: boolean;
  readonly #title: string;
  #phase = 'starting';
  #health: Health = 'ok';
  #says: string | null = null;
  /** Why an attempt failed that is made again; null as soon as anything moves. */
  #trouble: string | null = null;
  #flow: string | null = null;
  /** Milliseconds since 1970. */
  #pausedSince: number | null = null;
  #tally: Tally = nothing;
  #phaseStartedMs = Date.now();
  #doneAtStart = 0;

  constructor(title: string, isDryRun = false) {
    this.#title = title;
    this.isDryRun = isDryRun;
  }

  get tally(): Tally {
    return this.#tally;
  }

  get phase(): string {
    return this.#phase;
  }

  /** All that there is to read, an operator's pause included. */
  get sentence(): string | null {
    const parts = [this.#pause(), this.#says, this.#trouble].filter((part) => part !== null);
    return parts.length === 0 ? null : parts.join(' ');
  }

  identify(flow: string, kind: string): void {
    this.#flow = flow;
    upsertSearchAttributes([
      { key: keyOf('Flow'), value: flow },
      { key: keyOf('Kind'), value: kind },
    ]);
  }

  enter(phase: string, tally: Partial<Tally> = {}): void {
    this.#phase = phase;
    this.#tally = { ...nothing, ...tally };
    this.#phaseStartedMs = Date.now();
    this.#doneAtStart = this.#tally.done;
    this.#says = null;
    this.#trouble = null;
    this.#health = 'ok';
    upsertSearchAttributes([
      { key: keyOf('Phase'), value: phase },
      { key: keyOf('Health'), value: this.#health },
    ]);
    this.#render();
  }

  /** Something to read: why the run waits, or what it asks. */
  says(sentence: string | null, health?: Health): void {
    this.#says = sentence;
    this.#trouble = null;
    if (health !== undefined) this.#setHealth(health);
    this.#render();
  }

  /** Something that is tried again failed; the run goes on by itself, but whoever looks must see why it does not move. */
  troubled(sentence: string): void {
    this.#trouble = sentence;
    this.#setHealth('failing');
    this.#render();
  }

  paused(isPaused: boolean): void {
    this.#pausedSince = isPaused ? (this.#pausedSince ?? Date.now()) : null;
    this.#render();
  }

  add(by: Omit<Tally, 'total'>): void {
    const { done, total, failed, bytes } = this.#tally;
    this.#tally = { total, done: done + by.done, failed: failed + by.failed, bytes: bytes + by.bytes };
    this.#moves();
    this.#render();
  }

  report({ done, total, bytes }: ActivityProgress): void {
    this.#tally = { ...this.#tally, done, total, bytes };
    this.#moves();
    this.#render();
  }

  answer(controls: { readonly isPaused: boolean; readonly width: number | null }): ProgressAnswer {
    const { done, total } = this.#tally;
    const seconds = (Date.now() - this.#phaseStartedMs) / 1000;
    const rate = seconds > 0 ? (done - this.#doneAtStart) / seconds : 0;
    const eta = rate > 0 && total > done ? Math.round((total - done) / rate) : null;
    return {
      phase: this.#phase,
      health: this.#health,
      says: this.sentence,
      ...this.#tally,
      rate: Math.round(rate * 10) / 10,
      eta,
      paused: controls.isPaused,
      width: controls.width ?? 0,
    };
  }

  #moves(): void {
    if (this.#trouble === null) return;
    this.#trouble = null;
    this.#setHealth('ok');
  }

  #setHealth(health: Health): void {
    if (health === this.#health) return;
    this.#health = health;
    upsertSearchAttributes([{ key: keyOf('Health'), value: health }]);
  }

  #pause(): string | null {
    if (this.#pausedSince === null) return null;
    const command = this.#flow === null ? '' : `landfall resume ${this.#flow}, or with `;
    return `Paused by an operator since ${utcText(this.#pausedSince)}; it goes on with ${command}signal resume.`;
  }

  #render(): void {
    const { sentence } = this;
    const { done, total, failed, bytes } = this.#tally;
    const share = total > 0 ? ` (${Math.floor((100 * done) / total)} %)` : '';
    const amount = total > 0 ? `${done} of ${total}${share}` : `${done}`;
    // No heading, no table: the Web UI shows about four lines of text, and cuts off what is below.
    const lines = [
      `**${this.#title}: ${this.#phase}**, ${amount} done, ${failed} failed, ${(bytes / 1e6).toFixed(1)} MB`,
      ...(sentence === null ? [] : ['', sentence]),
    ];
    setCurrentDetails(lines.join('\n'));
  }
}
