/** Names that every long-running workflow answers to, from any Temporal client. */
export const signals = {
  /** Start nothing new; what is in flight is finished (a running copy is put down and taken up again). */
  pause: 'pause',
  resume: 'resume',
  /** Finish what is in flight, then end cleanly; the next run goes on from there. */
  stop: 'stop',
  /** Look again, now: cuts a wait short and tries again what is in quarantine. Argument `{"force":true}` accepts what the run asks about. */
  retry: 'retry',
  /** How many batches at once. */
  setWidth: 'setWidth',
  /** Sent by Landfall's own long activities, at most once a minute. */
  progressed: 'progressed',
  /** Sent by Landfall's workers when an activity fails and is tried again for longer; the argument is the sentence. */
  troubled: 'troubled',
} as const;

export const queries = { progress: 'progress', plan: 'plan' } as const;

export const updates = { retryItems: 'retryItems' } as const;

export interface RetryArgument {
  readonly force?: boolean;
}

/** What a long activity reports to its workflow. */
export interface ActivityProgress {
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
}

export interface ProgressAnswer {
  readonly phase: string;
  readonly health: string;
  /** What the run waits for, as a sentence. */
  readonly says: string | null;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly bytes: number;
  /** Items a second in this phase. */
  readonly rate: number;
  /** Seconds left in this phase at that rate; null while not known. */
  readonly eta: number | null;
  readonly paused: boolean;
  readonly width: number;
}
