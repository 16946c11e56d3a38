import type { Explanation } from '../../stores/explanation.ts';
import type { Database } from '../../stores/mongo.ts';
import { within } from '../../stores/mongo.ts';
import { Quarantine } from '../../stores/quarantine.ts';
import { Receipts } from '../../stores/receipts.ts';
import { type AuditedFloat, judgeFloat } from '../audit/judge.ts';
import { CENTRES, oneFloat } from '../audit/one-float.ts';
import { findingText } from '../audit/report.ts';
import { settle } from '../audit/settle.ts';
import type { ArgoFlow } from '../flow.ts';

/** So many odd profiles are shown; `--json` has them all. */
const SHOWN = 20;

/** A float: counts, and a line for each profile that is not simply home. Null: nothing is known of it. */
export async function explainFloat(database: Database, flow: ArgoFlow, wmo: string): Promise<Explanation | null> {
  const float = await oneFloat(database, flow, wmo);
  const quarantine = new Quarantine(database);
  const entries = await Promise.all(float.profiles.length + float.receipts.length === 0 ? [] : [openEntries(database, flow.name, wmo)]);
  const rejected = new Map(entries.flat().map(({ item, code }) => [item, code]));
  if (float.profiles.length + float.receipts.length + float.documents.size === 0) return null;
  const settled = await settle({ database, flow, receipts: new Receipts(database), quarantine }, judgeFloat(float));
  const odd = settled.flatMap((finding) => (finding.state === 'rejected' ? [] : [`${finding.state} ${findingText(finding)}`]));
  const inQuarantine = [...rejected].map(([item, code]) => `quarantine ${item}: ${code}`);
  return {
    sentence: floatSentence(float, odd.length, rejected.size),
    lines: [
      ['centres', [...new Set(float.profiles.map(({ dac }) => dac))].join(', ') || 'none'],
      ['profiles', `${float.profiles.length} in the mirror`],
      ['receipts', String(float.receipts.length)],
      ['documents', String(float.documents.size)],
      ...odd
        .concat(inQuarantine)
        .slice(0, SHOWN)
        .map((line, at) => [at === 0 ? 'odd' : '', line] as const),
      ...(odd.length + inQuarantine.length > SHOWN ? [['', `and ${odd.length + inQuarantine.length - SHOWN} more`] as const] : []),
    ],
    value: {
      float: wmo,
      profiles: float.profiles.length,
      receipts: float.receipts.length,
      documents: float.documents.size,
      findings: settled.filter(({ state }) => state !== 'rejected'),
      quarantine: Object.fromEntries(rejected),
    },
  };
}

function floatSentence({ wmo, profiles }: AuditedFloat, odd: number, rejected: number): string {
  if (odd + rejected === 0) return `All ${profiles.length} profiles of float ${wmo} are home.`;
  const parts = [
    ...(odd === 0 ? [] : [`${odd} differ from the mirror: an audit with --repair puts them right`]),
    ...(rejected === 0 ? [] : [`${rejected} in quarantine`]),
  ];
  return `Float ${wmo} has ${profiles.length} profiles in the mirror; ${parts.join(', ')}.`;
}

const openEntries = (database: Database, flow: string, wmo: string): Promise<readonly { readonly item: string; readonly code: string }[]> =>
  within('reading quarantine', () =>
    database.book
      .collection<{ _id: string; item: string; code: string; state: string }>('quarantine')
      .find(
        { $or: CENTRES.map((dac) => ({ _id: { $gte: `${flow}/${dac}/${wmo}_`, $lt: `${flow}/${dac}/${wmo}\`` } })), state: 'open' },
        { projection: { _id: 0, item: 1, code: 1 } },
      )
      .sort({ _id: 1 })
      .toArray(),
  );
