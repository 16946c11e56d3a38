import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/errors.ts';
import type { InstrumentEntry, MetadataFacility, StreamDetails } from '../../src/ooi/products/facility.ts';
import { OOI_DATA } from '../golden/ooi-data.ts';

const read = (path: string): string => readFileSync(join(OOI_DATA, 'server/api', path), 'utf8');

interface WrittenDetails {
  readonly id: number;
  readonly stream_type: { readonly value: string };
  readonly stream_content: { readonly value: string };
  readonly parameters: readonly WrittenParameter[];
}

type WrittenParameter = Omit<StreamDetails['parameters'][number], 'unit' | 'data_product_type'> & {
  readonly unit: { readonly value: string } | null;
  readonly data_product_type: { readonly value: string } | null;
};

/** The facility of the sample data; `failing` streams and instruments cannot be had. */
export function sampleFacility(failing: readonly string[] = []): MetadataFacility {
  const check = (what: string): void => {
    if (failing.includes(what)) throw new Failure({ kind: 'again', code: 'facility_error', happened: `The facility failed on ${what}` });
  };
  return {
    async tableOfContents() {
      const toc: { readonly instruments: readonly InstrumentEntry[] } = JSON.parse(read('toc.json'));
      return toc.instruments;
    },
    instrumentList: async () => [
      { reference_designator: 'CE02SHBP-LJ01D-06-CTDBPN106', iris_enabled: false, depth: 80 },
      { reference_designator: 'CE04OSBP-LJ01C-05-HYDBBA105', iris_enabled: true, depth: null },
      { reference_designator: 'RS03ASHS-MJ03B-09-BOTPTA304', iris_enabled: true, depth: 1540 },
      { reference_designator: 'RS03ASHS-MJ03B-05-OBSSPA302', depth: 1541 },
    ],
    async streamDetails(stream) {
      check(stream);
      const { parameters, ...written }: WrittenDetails = JSON.parse(read(`stream/${stream}.json`));
      return {
        id: written.id,
        stream_type: written.stream_type.value,
        stream_content: written.stream_content.value,
        parameters: parameters.map((one) => ({
          ...one,
          unit: one.unit?.value ?? null,
          data_product_type: one.data_product_type?.value ?? null,
        })),
      };
    },
    async annotations(instrument) {
      check(instrument);
      return read(instrument.includes('CTDBPN106') ? `annotations/${instrument}.json` : 'annotations/empty.json');
    },
    async goldCopy(table) {
      check(table);
      const file = {
        name: `deployment0009_${table}.nc`,
        urlPath: `ooigoldcopy/public/${table}/a.nc`,
        roughBytes: 1_200_000,
        modified: null,
      };
      return { url: `https://thredds.example.org/thredds/catalog/ooigoldcopy/public/${table}/catalog.xml`, files: [file] };
    },
  };
}

/** The sheets of a shared spreadsheet that knows the sample's instruments. */
export const SAMPLE_SHEETS: Readonly<Record<string, string>> = {
  arrays: 'reference_designator,name\nCE,Coastal Endurance\n',
  areas: 'reference_designator,wp_page\na,12\n',
  sites: 'reference_designator,site_name,wp_page,is_public\nCE02SHBP,Oregon Shelf,101,TRUE\nCE04OSPS,Oregon Offshore,102,FALSE\n',
  infrastructures: 'reference_designator,name\nCE02SHBP-LJ01D,Low-Power Jbox\n',
  instruments:
    'reference_designator,instrument_name,formal_name,instrument_url,group_code,stage\nCE02SHBP-LJ01D-06-CTDBPN106,CTD,"CTD, shelf",/ctd,CTD,1\nCE04OSPS-SF01B-3B-OPTAAD105,Spectrophotometer,AC-S,https://a.example/x,OPTAA,2\n',
  streams: 'reference_designator\nctdbp_no_sample\n',
  parameters: 'reference_designator,label,wp_mapping\ntemperature,Counts,7\ntime,Time,8\n',
  'instrument-groups': 'code\nCTD\n',
  'dataproduct-groups': 'code\nx\n',
  dataproducts: 'code,min\nx,1.5\n',
  poe: 'a\n1\n',
};
