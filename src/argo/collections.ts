import type { CollectionSpec } from '../stores/collection-spec.ts';
import { DATA_WARNINGS } from './documents.ts';

/** Names of the two product collections of a flow. */
export interface CollectionNames {
  readonly argo: string;
  readonly argoMeta: string;
}

const STRING = { bsonType: 'string' } as const;
const INT = { bsonType: 'int' } as const;
const DATE = { bsonType: 'date' } as const;

const META_SCHEMA = {
  bsonType: 'object',
  required: ['_id', 'data_type'],
  properties: {
    _id: STRING,
    data_type: STRING,
    data_center: STRING,
    instrument: STRING,
    pi_name: { bsonType: 'array', items: STRING },
    platform: STRING,
    platform_type: STRING,
    fleetmonitoring: STRING,
    oceanops: STRING,
    positioning_system: STRING,
    wmo_inst_type: STRING,
  },
} as const;

const PROFILE_SCHEMA = {
  bsonType: 'object',
  required: ['_id', 'metadata', 'geolocation', 'basin', 'timestamp', 'data', 'date_updated_argovis', 'source', 'cycle_number'],
  properties: {
    _id: STRING,
    metadata: { bsonType: 'array', items: STRING },
    geolocation: {
      bsonType: 'object',
      required: ['type', 'coordinates'],
      properties: {
        type: { enum: ['Point'] },
        coordinates: { bsonType: 'array', minItems: 2, maxItems: 2, items: { bsonType: ['double', 'int'] } },
      },
    },
    basin: INT,
    timestamp: { bsonType: ['date', 'null'] },
    data: { bsonType: 'array', items: { bsonType: 'array', items: { bsonType: ['double', 'int', 'string', 'null'] } } },
    data_info: { bsonType: 'array', items: { bsonType: 'array', items: { bsonType: ['string', 'array'] } } },
    date_updated_argovis: DATE,
    source: {
      bsonType: 'array',
      items: {
        bsonType: 'object',
        required: ['source'],
        properties: { source: { bsonType: 'array', items: STRING }, url: STRING, date_updated: DATE },
      },
    },
    data_warning: { bsonType: 'array', items: { bsonType: 'string', enum: [...DATA_WARNINGS] } },
    cycle_number: INT,
    geolocation_argoqc: INT,
    profile_direction: STRING,
    timestamp_argoqc: INT,
    vertical_sampling_scheme: STRING,
    bgc_mismatches: { bsonType: 'object' },
  },
} as const;

/** The product collections as other programs expect them: validators (strict, action error) and indexes. */
export function argoCollections(names: CollectionNames): readonly CollectionSpec[] {
  return [
    {
      name: names.argoMeta,
      validator: { $jsonSchema: META_SCHEMA },
      indexes: [{ key: { data_center: 1 } }, { key: { platform: 1 } }, { key: { platform_type: 1 } }],
      refused: { platform: 'without a data_type' },
    },
    {
      name: names.argo,
      validator: { $jsonSchema: PROFILE_SCHEMA },
      indexes: [
        { key: { metadata: 1 } },
        { key: { timestamp: -1, geolocation: '2dsphere' }, instead: [{ timestamp: -1 }, { geolocation: '2dsphere' }] },
        { key: { timestamp: -1 } },
        { key: { geolocation: '2dsphere' } },
        { key: { 'source.source': 1 } },
        { key: { 'geolocation.coordinates': '2d', timestamp: -1 }, instead: [{ 'geolocation.coordinates': '2d' }, { timestamp: -1 }] },
        { key: { geolocation_argoqc: 1 } },
      ],
      refused: { metadata: ['without a cycle and its time'] },
    },
  ];
}
