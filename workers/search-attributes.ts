import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../src/config/search-attributes.ts';
import { Failure, messageOf } from '../src/errors.ts';

/** Registers what is missing, before any worker polls. Repeated, it changes nothing. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const keyword = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
  const missing = SEARCH_ATTRIBUTES.filter((name) => customAttributes[name] === undefined);
  const wrong = SEARCH_ATTRIBUTES.filter((name) => customAttributes[name] !== undefined && customAttributes[name] !== keyword);
  if (wrong.length > 0) {
    throw new Failure({
      kind: 'stop',
      code: 'search_attributes',
      happened: `The search attributes ${wrong.join(', ')} of namespace ${namespace} have another type`,
      expected: 'type Keyword',
      remedy: 'Use a namespace of its own for Landfall, with TEMPORAL_NAMESPACE',
    });
  }
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  } catch (error) {
    const after = await connection.operatorService.listSearchAttributes({ namespace });
    if (SEARCH_ATTRIBUTES.every((name) => after.customAttributes[name] === keyword)) return;
    throw new Failure({
      kind: 'stop',
      code: 'search_attributes',
      happened: `The search attributes ${missing.join(', ')} could not be registered in namespace ${namespace}: ${messageOf(error)}`,
      remedy: `Register them once: temporal operator search-attribute create ${missing.map((name) => `--name ${name} --type Keyword`).join(' ')}`,
      cause: error,
    });
  }
}
