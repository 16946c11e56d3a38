import type { Dataset } from '../dataset.ts';
import type { ArchiveFacts } from './facts.ts';
import { describeKey } from './parameters.ts';

/** Argo user's manual: what the variables mean. */
const MANUAL = 'https://archimer.ifremer.fr/doc/00187/29825/94819.pdf';

/** `argo_jsonld`: the collection described for search engines, as a schema.org Dataset. What is not known yet is left out. */
export const jsonldSummary = (facts: ArchiveFacts, dataset: Dataset, now: Date): { readonly jsonld: object } => ({
  jsonld: {
    '@context': { '@vocab': 'https://schema.org/' },
    '@type': 'Dataset',
    '@id': dataset.id,
    name: dataset.name,
    description: dataset.description,
    url: dataset.url,
    license: dataset.license,
    creditText: dataset.credit,
    creator: dataset.creators.map(({ name, orcid }) => ({
      '@type': 'Person',
      name,
      identifier: { '@id': orcid, '@type': 'PropertyValue', propertyID: 'https://registry.identifiers.org/registry/orcid', url: orcid },
    })),
    version: now.toISOString().replace(/\.\d+Z$/, 'Z'),
    keywords: ['Argo', 'ocean profiles', 'temperature', 'salinity', 'pressure', 'ocean biogeochemistry'],
    measurementTechnique: 'http://www.argodatamgt.org/Documentation',
    variableMeasured: [...facts.keys].toSorted().map(variable),
    includedInDataCatalog: { '@type': 'DataCatalog', url: dataset.catalog },
    ...temporalCoverage(facts),
    distribution: { '@type': 'DataDownload', url: dataset.url, description: dataset.download },
    ...spatialCoverage(facts),
    sdPublisher: [{ '@type': 'Organization', ...dataset.publisher }],
  },
});

function variable(key: string): object {
  const { description, unit } = describeKey(key);
  return { '@type': 'PropertyValue', name: key, url: MANUAL, description, unitCode: unit };
}

const temporalCoverage = ({ earliest, latest }: ArchiveFacts): object =>
  earliest === null || latest === null ? {} : { temporalCoverage: `${earliest.getUTCFullYear()}/${latest.getUTCFullYear()}` };

/** A box of schema.org: south, west, north, east. */
function spatialCoverage({ south, north }: ArchiveFacts): object {
  if (south === null || north === null) return {};
  return {
    spatialCoverage: {
      '@type': 'Place',
      geo: { '@type': 'GeoShape', box: `${south} -180 ${north} 180` },
      additionalProperty: {
        '@type': 'PropertyValue',
        propertyID: 'http://dbpedia.org/resource/Spatial_reference_system',
        value: 'http://www.w3.org/2003/01/geo/wgs84_pos',
      },
    },
  };
}
