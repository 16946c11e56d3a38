import { z } from 'zod';

/** How the collection is described to search engines where a flow does not say it in its own words. */
const DATASET_DEFAULTS = {
  id: 'https://doi.org/10.17882/42182',
  name: 'Profiles of the Argo ocean floats',
  description:
    'Profiles of the Argo programme as one document each: the best version of every profile (delayed mode before real time), core and ' +
    'biogeochemical measurements of one cycle merged by pressure, with their flags, units and modes.',
  url: 'https://argo.ucsd.edu/data/',
  license: 'https://creativecommons.org/licenses/by/4.0/',
  credit:
    'Argo (2000). Argo float data and metadata from Global Data Assembly Centre (Argo GDAC). SEANOE. https://doi.org/10.17882/42182. ' +
    'These data were collected and made freely available by the International Argo Program and the national programs that contribute to it.',
  catalog: 'https://www.seanoe.org/data/00311/42182/',
  download: 'The dataset is too large for one download; subsets are found through the address above.',
  publisher: { name: 'International Argo Program', url: 'https://argo.ucsd.edu/' },
} as const;

const address = z.string({ error: 'an address that begins with http:// or https://' }).regex(/^https?:\/\/[^\s"<>]{1,500}$/, {
  error: 'an address that begins with http:// or https://',
});
const words = z.string({ error: 'a text of 5,000 characters at most' }).min(1).max(5_000);

const creator = z.strictObject({
  name: words.describe('full name'),
  orcid: z
    .string({ error: 'an ORCID such as https://orcid.org/0000-0001-2345-6789' })
    .regex(/^https:\/\/orcid\.org\/\d{4}-\d{4}-\d{4}-\d{3}[\dX]$/, { error: 'an ORCID such as https://orcid.org/0000-0001-2345-6789' }),
});

/** What the summary `argo_jsonld` says that is not counted from the profiles. */
export const datasetSchema = z.strictObject({
  id: address.default(DATASET_DEFAULTS.id).describe('what identifies the dataset: its DOI, or where its description is served'),
  name: words.default(DATASET_DEFAULTS.name).describe('title of the dataset'),
  description: words.default(DATASET_DEFAULTS.description).describe('what it is, in some sentences'),
  url: address.default(DATASET_DEFAULTS.url).describe('where people find it'),
  license: address.default(DATASET_DEFAULTS.license).describe('the licence'),
  credit: z.array(words).max(50).default([DATASET_DEFAULTS.credit]).describe('how it is to be cited'),
  creators: z.array(creator).max(200).default([]).describe('persons, each with an ORCID'),
  catalog: address.default(DATASET_DEFAULTS.catalog).describe('the catalogue it is in'),
  download: words.default(DATASET_DEFAULTS.download).describe('how it can be downloaded'),
  publisher: z
    .strictObject({ name: words, url: address })
    .default(DATASET_DEFAULTS.publisher)
    .describe('the organization that publishes this description'),
});

export type Dataset = z.output<typeof datasetSchema>;

/** A flow that says nothing of its dataset carries nothing of it: flows travel with every batch. */
export const defaultDataset: Dataset = datasetSchema.parse({});
