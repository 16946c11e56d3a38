import { formatItems } from '../../observe/counts.ts';
import { formatBytes } from '../../observe/format.ts';
import { utcText } from '../../observe/utc.ts';
import type { Explanation } from '../../stores/explanation.ts';
import type { Verification } from '../../stores/verifications.ts';
import { staleness } from '../audit/judge.ts';
import type { HeldFile, ProfileFacts } from './profile.ts';

type Lines = Explanation['lines'];

const STALE = {
  files_moving: 'its files are moving',
  other_files: 'the mirror holds other files than were loaded',
  other_size: 'a file has another size than was loaded',
  other_time: 'a file has another time than was loaded',
  older_rules: 'it was loaded by older rules',
} as const;

/** How a profile stands, as one sentence. Pure. */
export function profileSentence(facts: ProfileFacts): string {
  const { item, files, receipt, document, quarantine } = facts;
  const chosen = chosenFiles(facts);
  if (quarantine?.state === 'open') {
    const kept = document === null ? 'It has no document' : 'The document of an earlier version stays';
    return `${item} is in quarantine: ${quarantine.code}. ${kept}.`;
  }
  if (chosen.length === 0) {
    const why = files.length === 0 ? 'no file in the mirror' : 'no file that is ever loaded, only those of other kinds';
    if (document === null) return `${item} has ${why}, and no document.`;
    return `${item} has ${why}, but document ${document._id} is still there: the next audit with --repair removes it.`;
  }
  const isProved = receipt !== null && staleness(receipt, { files: chosen }) === null;
  if (quarantine?.closedAs === 'dropped' && !isProved)
    return `${item} was given up: its entry in quarantine, ${quarantine.code}, was dropped.`;
  if (receipt === null && document === null) return `${item} was never loaded: the next audit with --repair loads it.`;
  if (receipt === null) return `${item} has a document that no receipt proves: the next audit with --repair loads it again.`;
  const why = staleness(receipt, { files: chosen });
  if (why !== null && why !== 'no_files') return `${item} is out of date: ${STALE[why]}. The next audit with --repair loads it again.`;
  if (document === null)
    return `${item} was loaded, but its document ${receipt.product} is gone: the next audit with --repair loads it again.`;
  return `${item} is home: document ${document._id} was made from the files that lie in the mirror now.`;
}

/** What is known, a line each. Pure. */
export function profileLines(facts: ProfileFacts): Lines {
  const { receipt, document, verification, run } = facts;
  return [
    ...fileLines(facts),
    ...(receipt === null
      ? [['receipt', 'none'] as const]
      : [
          ['receipt', `of ${utcText(receipt.at)}, run ${receipt.run}`] as const,
          ...receipt.files.map(
            ({ path, sizeBytes, sha256 }) => ['', `${path}, ${formatBytes(sizeBytes)}, sha256 ${sha256.slice(0, 16)}…`] as const,
          ),
        ]),
    ['document', documentText(document)],
    ...quarantineLines(facts.quarantine),
    ['verified', verification === null ? 'never' : verifiedText(verification)],
    ...(run === null
      ? []
      : ([['last run', `${run.job} of ${utcText(run.startedAt)}${run.says === null ? '' : `: ${run.says}`}`]] as const)),
  ];
}

export const chosenFiles = ({ files }: Pick<ProfileFacts, 'files'>): readonly HeldFile[] =>
  // Synthetic before core, as a receipt names them.
  files.filter(({ isChosen }) => isChosen).toSorted((a, b) => Number(isCore(a.path)) - Number(isCore(b.path)));

const isCore = (path: string): boolean => /\/[RD]\d[^/]*$/.test(path);

function fileLines({ files, receipt }: Pick<ProfileFacts, 'files' | 'receipt'>): Lines {
  const chosen = receipt === null ? 'to be loaded' : 'loaded';
  if (files.length === 0) return [['files', 'none in the mirror']];
  return files.map(({ path, sizeBytes, mtimeMs, isChosen }, at) => [
    at === 0 ? 'files' : '',
    `${path}, ${formatBytes(sizeBytes)}, of ${utcText(new Date(mtimeMs))}, ${isChosen ? chosen : 'not loaded'}`,
  ]);
}

function documentText(document: ProfileFacts['document']): string {
  if (document === null) return 'none';
  const { _id, date_updated_argovis: at, data_warning: warnings } = document;
  const loaded = at === null ? '' : `, loaded ${utcText(at)}`;
  return `${_id}${loaded}${warnings.length === 0 ? '' : `, with ${warnings.join(', ')}`}`;
}

function quarantineLines(entry: ProfileFacts['quarantine']): Lines {
  if (entry === null) return [['quarantine', 'never']];
  const { state, code, message, attempts, firstAt, closedAs, closedAt } = entry;
  if (state === 'closed')
    return [['quarantine', `was there for ${code}; closed as ${closedAs} ${closedAt === null ? '' : utcText(closedAt)}`.trimEnd()]];
  return [
    ['quarantine', `${code}, since ${utcText(firstAt)}, in ${formatItems(attempts, 'run')}`],
    ['', message],
  ];
}

function verifiedText({ at, state, reason, findings, counts, isReturned }: Verification): string {
  if (state === 'clean') return `${utcText(at)}, clean`;
  if (state === 'skipped') return `${utcText(at)}, not judged: ${reason}`;
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const first = JSON.stringify(findings[0]) ?? 'none';
  const what = `${formatItems(total, 'finding')}, the first ${first.length > 200 ? `${first.slice(0, 199)}…` : first}`;
  return `${utcText(at)}, ${what}${isReturned ? '; found again after a reload, a person has to look' : ''}`;
}
