import type { Secret } from '../../config/secret.ts';
import { HIDDEN, redactText } from '../../observe/redact.ts';

/** Something that a person should know of: a run that failed, or one that needs an answer. */
export interface Incident {
  /** The same whoever meets it, and however often: at most one message goes out for each. Such as `<run>/<code>`. */
  readonly id: string;
  /** What was being done: `harvest`, `refresh`, … */
  readonly task: string;
  /** Code of the failure: `request_expired`. */
  readonly code: string;
  /** The table, or for a job of a set the flow. */
  readonly stream: string;
  readonly flow: string;
  /** Workflow id and run id as an operator types them. */
  readonly run: string;
  readonly error: string;
  /** What to do next; null: nothing is known. */
  readonly remedy: string | null;
  readonly at: Date;
}

/** What is sent. Specification 8.6: title, stream, run, error; and what to do. */
export interface Message {
  readonly id: string;
  /** One line: a stop sign, the task, the kind of error, the stream. */
  readonly title: string;
  readonly text: string;
  readonly fields: {
    readonly title: string;
    readonly task: string;
    readonly code: string;
    readonly stream: string;
    readonly flow: string;
    readonly run: string;
    readonly error: string;
    readonly remedy: string | null;
    /** ISO 8601, UTC. */
    readonly at: string;
  };
}

const LONGEST_LINE = 200;
const LONGEST_TEXT = 4_000;

/** @param secrets texts that must not be in it, wherever they came from; whatever looks like a credential is hidden besides. */
export function messageOf(incident: Incident, secrets: readonly Secret[] = []): Message {
  const line = (text: string): string => oneLine(hide(text, secrets));
  const [task, code, stream, flow, run] = [incident.task, incident.code, incident.stream, incident.flow, incident.run].map(line);
  const known = { task: task ?? '', code: code ?? '', stream: stream ?? '', flow: flow ?? '', run: run ?? '' };
  const error = hide(incident.error, secrets).slice(0, LONGEST_TEXT);
  const remedy = incident.remedy === null ? null : hide(incident.remedy, secrets).slice(0, LONGEST_TEXT);
  const title = `🛑 ${known.task}: ${known.code} (${known.stream})`;
  const lines = [
    title,
    '',
    `Stream: ${known.stream}`,
    `Flow:   ${known.flow}`,
    `Run:    ${known.run}`,
    `Time:   ${incident.at.toISOString()}`,
    '',
    `Error:  ${error}`,
    ...(remedy === null ? [] : ['', `What to do: ${remedy}`]),
    '',
  ];
  return { id: incident.id, title, text: lines.join('\n'), fields: { title, ...known, error, remedy, at: incident.at.toISOString() } };
}

const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, LONGEST_LINE);

const hide = (text: string, secrets: readonly Secret[]): string =>
  redactText(
    secrets.map((secret) => secret.reveal()).reduce((hidden, secret) => (secret === '' ? hidden : hidden.replaceAll(secret, HIDDEN)), text),
  );
