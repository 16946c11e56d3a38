import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { argoCollections } from '../../../src/argo/collections.ts';
import { indexName } from '../../../src/stores/collection-spec.ts';

const collections = argoCollections({ argo: 'profiles', argoMeta: 'floats' });
const [floats, profiles] = collections;

describe('the product collections', () => {
  it('have the names the flow gives them', () => {
    assert.deepEqual(
      collections.map(({ name }) => name),
      ['floats', 'profiles'],
    );
  });

  it('have the indexes that readers count on', () => {
    assert.deepEqual(
      floats?.indexes.map(({ key }) => indexName(key)),
      ['data_center_1', 'platform_1', 'platform_type_1'],
    );
    assert.deepEqual(
      profiles?.indexes.map(({ key }) => indexName(key)),
      [
        'metadata_1',
        'timestamp_-1_geolocation_2dsphere',
        'timestamp_-1',
        'geolocation_2dsphere',
        'source.source_1',
        'geolocation.coordinates_2d_timestamp_-1',
        'geolocation_argoqc_1',
      ],
    );
  });

  it('name single-field parts for every compound index with a geo part', () => {
    const compound = profiles?.indexes.filter(({ key }) => Object.keys(key).length > 1) ?? [];

    assert.deepEqual(
      compound.map(({ instead }) => instead?.map(indexName)),
      [
        ['timestamp_-1', 'geolocation_2dsphere'],
        ['geolocation.coordinates_2d', 'timestamp_-1'],
      ],
    );
  });
});
