import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Landfall's own metrics. Labels come from small closed sets (flows, kinds, codes, queues), never from items. */
export interface Metrics {
  /** `kind` is the flow's; `outcome` what became of the items: loaded, unchanged, rejected, removed, copied, … */
  countItems(labels: { readonly flow: string; readonly kind: string; readonly outcome: string }, items?: number): void;
  countBytes(labels: { readonly flow: string; readonly kind: string }, bytes: number): void;
  /** The kind and code of a `Failure`. */
  countFailure(labels: { readonly kind: string; readonly code: string }): void;
  /** What a check of products against their sources found. */
  countFindings(labels: { readonly flow: string; readonly code: string }, findings: number): void;
  /** `health` is how a run ended (ok, failed, stopped), or `asks` when it begins to wait for an answer. */
  noteRun(labels: { readonly flow: string; readonly job: string; readonly health: string }, at: Date): void;
  setQuarantine(labels: { readonly flow: string }, items: number): void;
  /** `finding` is a sort of difference: missing, stale, … */
  setAudit(labels: { readonly flow: string; readonly finding: string }, items: number): void;
  setSummariesFailed(labels: { readonly flow: string }, summaries: number): void;
  observeActivity(labels: { readonly activity: string; readonly queue: string; readonly outcome: string }, seconds: number): void;
  /** All of it in Prometheus' text format. */
  text(): Promise<string>;
}

/** From a hundredth of a second (a book-keeping call) to six hours (the longest honest batch). */
const ACTIVITY_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 7_200, 21_600];

/** @param process  whether memory, processor and event loop of this process are among the metrics. */
export function createMetrics({ process = true }: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (process) collectDefaultMetrics({ register: registry });
  const items = new Counter({
    name: 'landfall_items_total',
    help: 'Items by what became of them; in items.',
    labelNames: ['flow', 'kind', 'outcome'],
    registers,
  });
  const bytes = new Counter({
    name: 'landfall_bytes_total',
    help: 'Bytes that arrived from the facility; in bytes.',
    labelNames: ['flow', 'kind'],
    registers,
  });
  const failures = new Counter({
    name: 'landfall_failures_total',
    help: 'Failures by their kind (again, replan, stop) and code; in failures.',
    labelNames: ['kind', 'code'],
    registers,
  });
  const findings = new Counter({
    name: 'landfall_findings_total',
    help: 'Differences between products and their sources, by code; in findings.',
    labelNames: ['flow', 'code'],
    registers,
  });
  // A time rather than a count: an alarm must see the first one after a start, which no rate of a counter that begins at one shows.
  const runs = new Gauge({
    name: 'landfall_last_run_timestamp_seconds',
    help: 'When a run last ended so (ok, failed, stopped), or began to ask (asks); since 1970, in seconds.',
    labelNames: ['flow', 'job', 'health'],
    registers,
  });
  const quarantine = new Gauge({
    name: 'landfall_quarantine',
    help: 'Open quarantine entries of a flow when last counted; in items.',
    labelNames: ['flow'],
    registers,
  });
  const audit = new Gauge({
    name: 'landfall_audit',
    help: 'Differences between mirror and database that the last audit of a flow found, by their sort; in items.',
    labelNames: ['flow', 'finding'],
    registers,
  });
  const summariesFailed = new Gauge({
    name: 'landfall_summaries_failed',
    help: 'Summaries of a flow that could not be made when they were last made; in documents.',
    labelNames: ['flow'],
    registers,
  });
  const activities = new Histogram({
    name: 'landfall_activity_seconds',
    help: 'Time that attempts of activities took; in seconds.',
    labelNames: ['activity', 'queue', 'outcome'],
    buckets: ACTIVITY_SECONDS,
    registers,
  });
  return {
    countItems: (labels, count = 1) => items.inc(labels, count),
    countBytes: (labels, count) => bytes.inc(labels, count),
    countFailure: (labels) => failures.inc(labels),
    countFindings: (labels, count) => findings.inc(labels, count),
    noteRun: (labels, at) => runs.set(labels, at.getTime() / 1000),
    setQuarantine: (labels, count) => quarantine.set(labels, count),
    setAudit: (labels, count) => audit.set(labels, count),
    setSummariesFailed: (labels, count) => summariesFailed.set(labels, count),
    observeActivity: (labels, seconds) => activities.observe(labels, seconds),
    text: () => registry.metrics(),
  };
}
