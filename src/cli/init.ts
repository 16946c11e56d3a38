import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFlow } from '../config/flow-text.ts';
import { instead } from '../config/problems.ts';
import { errnoOf, Failure } from '../errors.ts';
import { kindNamed, kinds } from '../kinds.ts';
import { secretVariables } from './dev-says.ts';
import type { Answer } from './output.ts';

/** Writes a commented flow file for the public upstream of a kind. Never over an existing file. */
export async function init(flowsFolder: string, kindName: string): Promise<Answer> {
  const kind = kindNamed(kindName);
  if (kind === undefined) {
    const known = kinds.map(({ kind: name }) => name);
    throw new Failure({
      kind: 'stop',
      code: 'usage',
      happened: `There is no kind "${kindName}"`,
      remedy: instead(kindName, known, 'kinds'),
    });
  }
  const path = join(flowsFolder, `${kindName}.yaml`);
  const template = kind.template();
  await mkdir(flowsFolder, { recursive: true });
  try {
    const file = await open(path, 'wx');
    await file.writeFile(template);
    await file.close();
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    throw new Failure({
      kind: 'stop',
      code: 'usage',
      happened: `${path} is there already`,
      remedy: 'Edit it, or move it away first',
      cause: error,
    });
  }
  const secrets = secretVariables(parseFlow(template, path, kinds)).map((name) => `${name}=…`);
  const first = secrets.length === 0 ? '' : `export ${secrets.join(' ')} and `;
  return {
    value: { file: path },
    text: `Wrote ${path}. Look it over, then: ${first}landfall dev (in one terminal), landfall apply (in another).`,
  };
}
