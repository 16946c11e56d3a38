import type { Flow } from '../config/flow.ts';
import { kindNamed } from '../kinds.ts';

/** What `dev` tells people about the flows that it finds. Pure. */

const MOST_NAMED = 5;

/** What is to be typed next. */
export const nextStep = (flowFiles: number): string =>
  `In another terminal: ${flowFiles === 0 ? 'landfall init argo (or ooi), then landfall apply' : 'landfall apply'}`;

/** The variables that flows name for their secrets and that the workers to be started would not have; null: they have all. */
export function missingSecrets(flows: readonly Flow[], env: Readonly<Record<string, string | undefined>>): string | null {
  const needed = flows.map((flow) => ({
    name: flow.name,
    variables: secretVariables(flow).filter((variable) => (env[variable] ?? '') === ''),
  }));
  const lacking = needed.filter(({ variables }) => variables.length > 0);
  if (lacking.length === 0) return null;
  const variables = [...new Set(lacking.flatMap((flow) => flow.variables))];
  const named = lacking.slice(0, MOST_NAMED).map(({ name }) => name);
  const others = lacking.length > MOST_NAMED ? ` and ${lacking.length - MOST_NAMED} more` : '';
  const whose = `${lacking.length === 1 ? 'flow' : 'flows'} ${named.join(', ')}${others}`;
  return `Not set: ${variables.join(', ')}, for ${whose}. The workers read them when they start: set them, then start landfall dev again.`;
}

/** Environment variables in which workers look for the secrets of a flow. */
export const secretVariables = (flow: Flow): readonly string[] =>
  (kindNamed(flow.kind)?.secrets?.(flow) ?? []).flatMap((secret) => ('env' in secret ? [secret.env] : []));
