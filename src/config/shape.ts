import { z } from 'zod';

/** The part of JSON Schema that tells which keys a value may have, which texts are paths, and what the keys mean. */
export interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  /** false: no other keys. */
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
}

const shapeSchema: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), shapeSchema).exactOptional(),
    additionalProperties: z.union([z.boolean(), shapeSchema]).exactOptional(),
    items: shapeSchema.exactOptional(),
    anyOf: z.array(shapeSchema).exactOptional(),
    format: z.string().exactOptional(),
    description: z.string().exactOptional(),
    default: z.unknown().exactOptional(),
  }),
);

/** What a schema accepts, by way of its JSON Schema. */
export const shapeOf = (schema: z.ZodType): Shape => shapeSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));

/** A shape and, where it is a union (a nullable value is one too), its members. */
export const alternatives = (shape: Shape | undefined): readonly Shape[] =>
  shape === undefined ? [] : [shape, ...(shape.anyOf ?? []).flatMap((member) => alternatives(member))];

/** The shape of the value under a key or list index. */
export const below = (shapes: readonly Shape[], key: PropertyKey): Shape | undefined =>
  shapes.map((shape) => (typeof key === 'number' ? shape.items : valueShape(shape, String(key)))).find((one) => one !== undefined);

function valueShape({ properties = {}, additionalProperties }: Shape, key: string): Shape | undefined {
  if (Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

export function knownKeys(shape: Shape, path: readonly PropertyKey[]): readonly string[] {
  const at = path.reduce<Shape | undefined>((above, key) => below(alternatives(above), key), shape);
  return alternatives(at).flatMap((one) => Object.keys(one.properties ?? {}));
}
