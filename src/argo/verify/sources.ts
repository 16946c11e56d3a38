import { keyText, parseProfilePath } from '../names.ts';
import { type StoredDocument, sourcesOf } from './stored.ts';

/** Where a document's files are below the level of the DAC folders; or why that cannot be told, naming the address. */
export type SourcePaths =
  | { readonly state: 'known'; readonly paths: readonly string[]; readonly item: string }
  | { readonly state: 'unknown'; readonly path: string | null; readonly message: string };

/** Archives serve the tree under different addresses, but always below this. */
const TREE = '/dac/';

/**
 * The paths in a document's `source.url`, in the order of `source`. They go to a server, so each must be the name of a profile file.
 * @param sourceUrl what stands before a file's path in addresses of this flow, its last slash included.
 */
export function sourcePaths(profile: StoredDocument, sourceUrl: string): SourcePaths {
  const paths: string[] = [];
  let item: string | null = null;
  for (const { url } of sourcesOf(profile)) {
    const path = typeof url === 'string' ? pathIn(url, sourceUrl) : null;
    const file = path === null ? null : parseProfilePath(path);
    if (path === null || file === null) {
      return { state: 'unknown', path, message: `its source.url ${JSON.stringify(url)?.slice(0, 300)} names no profile file` };
    }
    item ??= keyText(file);
    if (!paths.includes(path)) paths.push(path);
  }
  return item === null ? { state: 'unknown', path: null, message: 'its source names no file' } : { state: 'known', paths, item };
}

function pathIn(url: string, sourceUrl: string): string | null {
  if (url.startsWith(sourceUrl)) return url.slice(sourceUrl.length);
  const at = url.lastIndexOf(TREE);
  return at === -1 ? null : url.slice(at + TREE.length);
}
