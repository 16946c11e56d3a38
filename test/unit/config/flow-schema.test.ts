import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { argoFlowSchema } from '../../../src/argo/flow.ts';
import { jsonSchema } from '../../../src/config/flow-schema.ts';
import { alternatives, shapeOf } from '../../../src/config/shape.ts';

const kinds = [{ kind: 'argo', schema: argoFlowSchema }];

describe('the JSON Schema of flow files', () => {
  it('has one alternative for each kind, told apart by kind, with a meaning for every key', () => {
    const oneOf = z.array(z.looseObject({ properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })) }));

    const [argo, ...others] = oneOf.parse(jsonSchema(kinds).oneOf);

    assert.deepEqual(others, []);
    assert.deepEqual(argo?.properties.kind, { type: 'string', const: 'argo' });
    assert.deepEqual(
      Object.entries(argo?.properties ?? {}).filter(([key, { description }]) => key !== 'kind' && description === undefined),
      [],
    );
  });

  it('names required keys only where there is no default', () => {
    const [argo] = z.array(z.looseObject({ required: z.array(z.string()) })).parse(jsonSchema(kinds).oneOf);

    assert.deepEqual(argo?.required, ['name', 'kind', 'upstream', 'mirror']);
  });

  it('tells editors which texts are paths', () => {
    const { mirror, upstream } = shapeOf(argoFlowSchema).properties ?? {};

    assert.equal(mirror?.format, 'path');
    assert.deepEqual(
      alternatives(upstream?.properties?.password).map(({ properties }) => properties?.file?.format),
      [undefined, undefined, 'path'],
    );
  });

  it('can be printed as JSON', () => {
    const schema = jsonSchema(kinds);

    assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema);
  });
});
