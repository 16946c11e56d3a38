import { type Answer, answer, type FileHeaders, file, html, json, notFound } from './answer.ts';
import { isDataFile } from './damage.ts';
import { endOf, leavesNothing, tableOfDirectory } from './desk.ts';
import type { Site } from './interface.ts';
import { type CatalogEntry, catalogXml, foldersXml } from './thredds.ts';
import type { ResultDirectory, ResultFile } from './world.ts';

/** Catalogs, and the directories that they list. No authentication. Specification, section 3.1. */
export function resultsAnswer(site: Site, path: string, headers: FileHeaders): Answer {
  const { user } = site.world;
  const [, gold, goldName = ''] = /^\/thredds\/(?:catalog|fileServer)\/ooigoldcopy\/public\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (gold !== undefined) return goldAnswer(site, gold, goldName, headers);
  const [, folder, form] = /^\/thredds\/catalog\/ooi\/(?:(.*)\/)?catalog\.(xml|html)$/.exec(path) ?? [];
  if (folder === user) return catalogForm(form, foldersXml(`ooi/${user}`, folders(site)), folders(site));
  if (folder?.startsWith(`${user}/`)) return catalogAnswer(site, folder.slice(user.length + 1), form);
  const [, found = '', directory = '', name] =
    /^\/(?:async_results|thredds\/fileServer\/ooi)\/([^/]+)\/([^/]+?)(?:\/([^/]*))?$/.exec(path) ?? [];
  if (found !== user) return notFound();
  return name === undefined || name === '' ? listing(site, directory) : fileAnswer(site, directory, name, headers);
}

/** Listed in ascending order. Specification, section 3.2. */
function goldAnswer({ world, clock }: Site, table: string, name: string, headers: FileHeaders): Answer {
  const directory = world.goldCopy(table, clock.now());
  if (directory === null) return notFound();
  const { modifiedAt } = directory;
  const files = directory.files.toReversed();
  const [, form] = /^catalog\.(xml|html)$/.exec(name) ?? [];
  if (form !== undefined) {
    const entries = files.map((one) => ({ name: one.name, sizeBytes: one.size(), modifiedAt }));
    return catalogForm(
      form,
      catalogXml(`ooigoldcopy/public/${table}`, entries),
      files.map((one) => one.name),
    );
  }
  const bytes = files.find((one) => one.name === name)?.bytes();
  return bytes === undefined || bytes === null ? notFound() : file(bytes, typeOf(name), modifiedAt, headers);
}

const folders = ({ world, desk }: Site): readonly string[] => world.directories().filter((name) => desk.isListed(name));

function catalogAnswer(site: Site, name: string, form: string | undefined): Answer {
  const directory = opened(site, name);
  if (directory === null) return notFound();
  const entries = entriesOf(site, name, directory);
  return catalogForm(
    form,
    catalogXml(`ooi/${site.world.user}/${name}`, entries),
    entries.map((entry) => entry.name),
  );
}

const catalogForm = (form: string | undefined, xml: string, names: readonly string[]): Answer =>
  form === 'xml' ? answer(200, 'application/xml;charset=UTF-8', xml) : html('Catalog', names.join('<br>'));

const opened = ({ world, desk }: Site, name: string): ResultDirectory | null => (desk.isExpired(name) ? null : world.directory(name));

/** While the server works only what is written so far is there: half of the files, and no status. */
function filesNow({ desk }: Site, name: string, { files, table }: ResultDirectory): readonly ResultFile[] {
  const request = desk.requestOf(name);
  const sound = leavesNothing(request) ? files.filter((one) => !one.name.endsWith('.nc')) : files;
  const data = sound.filter((one) => isDataFile(one.name, table));
  if (request?.outcome === 'some_failed') return sound.filter((one) => data.length < 2 || one !== newest(data));
  return desk.isReady(name, table, false) ? sound : data.slice(0, Math.floor(data.length / 2));
}

const newest = (files: readonly ResultFile[]): ResultFile | undefined => files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).at(-1);

function entriesOf(site: Site, name: string, directory: ResultDirectory): readonly CatalogEntry[] {
  const { modifiedAt, table } = directory;
  const isReady = site.desk.isReady(name, table, false);
  const end = endOf(site.desk.requestOf(name), { text: directory.statusText, json: directory.statusJson });
  const texts = { 'status.txt': end.text, 'status.json': end.json };
  const status = Object.entries(texts).flatMap(([file, text]) =>
    text === null || !isReady ? [] : [{ name: file, sizeBytes: Buffer.byteLength(text), modifiedAt }],
  );
  return [...status, ...filesNow(site, name, directory).map((one) => ({ name: one.name, sizeBytes: one.size(), modifiedAt }))];
}

function listing(site: Site, name: string): Answer {
  const directory = opened(site, name);
  if (directory === null) return notFound();
  return html(
    `Index of ${name}`,
    entriesOf(site, name, directory)
      .map((entry) => `<a href="${entry.name}">${entry.name}</a>`)
      .join('<br>'),
  );
}

function fileAnswer(site: Site, directoryName: string, name: string, headers: FileHeaders): Answer {
  if (name === 'status.txt' || name === 'status.json') return statusAnswer(site, directoryName, name);
  const directory = opened(site, directoryName);
  if (directory === null) return notFound();
  const bytes = filesNow(site, directoryName, directory)
    .find((one) => one.name === name)
    ?.bytes();
  return bytes === undefined || bytes === null ? notFound() : file(bytes, typeOf(name), directory.modifiedAt, headers);
}

/** Asked for often, and mostly not there: nothing is looked up before it is. */
function statusAnswer(site: Site, directoryName: string, name: 'status.txt' | 'status.json'): Answer {
  if (!site.desk.isReady(directoryName, tableOfDirectory(directoryName), name === 'status.txt')) return notFound();
  const directory = opened(site, directoryName);
  if (directory === null) return notFound();
  const end = endOf(site.desk.requestOf(directoryName), { text: directory.statusText, json: directory.statusJson });
  if (name === 'status.txt') return end.text === null ? notFound() : answer(200, 'text/plain', end.text);
  return end.json === null ? notFound() : json(JSON.parse(end.json));
}

const typeOf = (name: string): string =>
  name.endsWith('.nc') ? 'application/x-netcdf' : name.endsWith('.json') ? 'application/json' : 'application/xml';
