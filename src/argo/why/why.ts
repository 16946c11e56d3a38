import { Failure } from '../../errors.ts';
import type { Explanation } from '../../stores/explanation.ts';
import type { Database } from '../../stores/mongo.ts';
import { oneFloat } from '../audit/one-float.ts';
import type { ArgoFlow } from '../flow.ts';
import { listName } from '../names.ts';
import { listPlatforms } from '../tree.ts';
import { explainFloat } from './float.ts';
import { type Named, parseNamed } from './named.ts';
import { nearestFloat, nearestNumber } from './near.ts';
import { centresOf, isKnown, profileFacts } from './profile.ts';
import { profileLines, profileSentence } from './profile-lines.ts';

/**
 * Everything known of a profile, a float or a file.
 * @throws {Failure} `unknown_item`: nothing is known of it, with the nearest that is.
 */
export async function why(flow: ArgoFlow, text: string, database: Database): Promise<Explanation> {
  const named = parseNamed(text, flow.mirror);
  if (named === null) {
    throw unknown(
      `"${text.replaceAll(/[\x00-\x1f\x7f]/g, '?').slice(0, 200)}" names no profile, float or profile file`,
      '13857_001, aoml/13857_001, 13857 or aoml/13857/profiles/R13857_001.nc',
      'Correct the name',
    );
  }
  const found = named.kind === 'float' ? await explainFloat(database, flow, named.wmo) : await explainProfile(database, flow, named);
  if (found !== null) return found;
  throw unknown(`Flow ${flow.name} knows nothing of ${nameOf(named)}`, undefined, await nearby(database, flow, named));
}

async function explainProfile(
  database: Database,
  flow: ArgoFlow,
  named: Named & { readonly kind: 'profile' },
): Promise<Explanation | null> {
  const { wmo, number } = named;
  const dacs = named.dac === null ? await centresOf(database, flow, named) : [named.dac];
  const under = await Promise.all(
    (dacs.length === 0 ? ['unknown'] : dacs).map((dac) => profileFacts(database, flow, { dac, wmo, number })),
  );
  const known = under.filter(isKnown);
  if (known.length === 0) return null;
  return {
    sentence: known.map(profileSentence).join('\n'),
    lines: known.flatMap((facts) => (known.length === 1 ? profileLines(facts) : [['item', facts.item] as const, ...profileLines(facts)])),
    value: known,
  };
}

async function nearby(database: Database, flow: ArgoFlow, named: Named): Promise<string> {
  if (named.kind === 'profile') {
    const { profiles, documents } = await oneFloat(database, flow, named.wmo);
    const numbers = [...profiles.map(listName), ...documents].map((name) => name.slice(named.wmo.length + 1));
    const near = nearestNumber(named.number, numbers);
    if (near !== null) return `The nearest of float ${named.wmo} is ${named.wmo}_${near}`;
  }
  const floats = new Set<string>();
  for await (const { wmo } of listPlatforms(flow.mirror)) floats.add(wmo);
  if (floats.size === 0) return `The mirror ${flow.mirror} holds no float, or is not on this machine`;
  const near = nearestFloat(named.wmo, [...floats]);
  return near === null
    ? `The mirror holds ${floats.size} floats, and none of a number like this`
    : `The nearest float in the mirror is ${near}`;
}

const nameOf = (named: Named): string => {
  if (named.kind === 'float') return `float ${named.wmo}`;
  return `${named.dac === null ? '' : `${named.dac}/`}${named.wmo}_${named.number}`;
};

const unknown = (happened: string, expected: string | undefined, remedy: string): Failure =>
  new Failure({ kind: 'stop', code: 'unknown_item', happened, ...(expected === undefined ? {} : { expected }), remedy });
