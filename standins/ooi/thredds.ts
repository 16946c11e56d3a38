/** THREDDS catalogs as the facility writes them. */

export interface CatalogEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
}

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<catalog xmlns="http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.2">
  <service name="all" serviceType="Compound" base="">
    <service name="odap" serviceType="OPENDAP" base="/thredds/dodsC/" />
    <service name="http" serviceType="HTTPServer" base="/thredds/fileServer/" />
    <service name="ncss" serviceType="NetcdfSubset" base="/thredds/ncss/" />
  </service>
`;
const METADATA = '<metadata inherited="true">\n      <serviceName>all</serviceName>\n      <dataType>GRID</dataType>\n    </metadata>';

/** The files of one folder, in the order given. `id` is its path, such as `ooi/user/20240912T101500123Z-table`. */
export function catalogXml(id: string, entries: readonly CatalogEntry[]): string {
  const files = entries.map(
    ({
      name,
      sizeBytes,
      modifiedAt,
    }) => `    <dataset name="${escaped(name)}" ID="${escaped(`${id}/${name}`)}" urlPath="${escaped(`${id}/${name}`)}">
      ${dataSize(sizeBytes)}
      <date type="modified">${new Date(modifiedAt).toISOString()}</date>
    </dataset>
`,
  );
  return `${HEAD}  <dataset name="${escaped(lastPart(id))}" ID="${escaped(id)}">\n    ${METADATA}\n${files.join('')}  </dataset>\n</catalog>\n`;
}

/** The folders of a user. */
export function foldersXml(id: string, names: readonly string[]): string {
  const references = names.map(
    (name) =>
      `    <catalogRef xlink:href="${escaped(name)}/catalog.xml" xlink:title="${escaped(name)}" ID="${escaped(`${id}/${name}`)}" name="" />\n`,
  );
  return `${HEAD}  <dataset name="${escaped(lastPart(id))}" ID="${escaped(id)}">\n    ${METADATA}\n${references.join('')}  </dataset>\n</catalog>\n`;
}

const UNITS = ['bytes', 'Kbytes', 'Mbytes', 'Gbytes', 'Tbytes'];

/** Four significant digits, decimal multiples. */
export function dataSize(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `<dataSize units="${UNITS[power]}">${Number((bytes / 1000 ** power).toPrecision(4))}</dataSize>`;
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '&quot;');
