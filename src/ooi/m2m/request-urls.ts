/** Where the results of a request are, by the words in its addresses. Pure. */

export interface RequestAddresses {
  readonly catalogUrl: string;
  readonly downloadUrl: string;
  readonly statusUrl: string;
}

/** Catalog and folder are told by their words: neither their order nor their hosts are the same in all answers. null: one is missing. */
export function addressesOf(urls: readonly string[]): RequestAddresses | null {
  const catalog = urls.find((url) => url.includes('/thredds/'));
  const folder = urls.find((url) => url.includes('/async_results/'));
  return catalog === undefined || folder === undefined ? null : { catalogUrl: catalogXml(catalog), ...folderAddresses(folder) };
}

export const folderAddresses = (folder: string): Omit<RequestAddresses, 'catalogUrl'> => {
  const downloadUrl = folder.replace(/\/+$/, '');
  return { downloadUrl, statusUrl: `${downloadUrl}/status.txt` };
};

/** People ask for `catalog.html`, programs for `catalog.xml`. */
export const catalogXml = (url: string): string => url.replace(/\.html(?=$|[?#])/, '.xml');

/** `https://host/thredds/catalog/ooi/<account>/<folder>/catalog.xml` → its account and folder; null when it is something else. */
export function placeOf(
  catalogUrl: string,
): { readonly account: string; readonly folder: string; readonly accountCatalogUrl: string } | null {
  const [, base, account, folder] =
    /^(https?:\/\/[^/]+\/thredds\/catalog\/ooi\/([^/]+))\/([^/]+)\/catalog\.(?:xml|html)$/.exec(catalogUrl) ?? [];
  if (base === undefined || account === undefined || folder === undefined) return null;
  return { account, folder, accountCatalogUrl: `${base}/catalog.xml` };
}
