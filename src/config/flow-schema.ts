import { z } from 'zod';
import type { KindSchema } from './flow.ts';

/** The JSON Schema (2020-12) of flow files, for editors: one alternative for each kind. */
export function jsonSchema(kinds: readonly KindSchema[]): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Landfall flow file',
    description: 'One declared pipeline: its name, its kind, and the settings of that kind.',
    type: 'object',
    required: ['name', 'kind'],
    oneOf: kinds.map(({ kind, schema }) => {
      const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      return { title: `flow of kind ${kind}`, ...rest };
    }),
  };
}
