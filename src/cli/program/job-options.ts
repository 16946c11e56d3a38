import { Option } from 'commander';
import type { JobOption } from '../../config/job.ts';
import type { AnyKind } from '../../stores/kind.ts';
import { whole } from './usage.ts';

/** The options of all kinds' jobs as options of `landfall run`; which of them a job takes is looked at when it is known. */
export function jobOptions(kinds: readonly AnyKind[]): readonly Option[] {
  const taken = kinds.flatMap(({ kind, jobs }) =>
    Object.entries(jobs).flatMap(([job, { options }]) => Object.entries(options).map(([key, option]) => ({ kind, job, key, option }))),
  );
  return [...Map.groupBy(taken, ({ key }) => key)].flatMap(([key, uses]) => {
    const [first] = uses;
    return first === undefined ? [] : [optionOf(key, first.option, meaningOf(uses))];
  });
}

interface Use {
  readonly kind: string;
  readonly job: string;
  readonly option: JobOption;
}

/** What an option means to each job that takes it: `argo mirror: …; ooi harvest, refresh: …`. */
function meaningOf(uses: readonly Use[]): string {
  const meanings = Map.groupBy(uses, ({ kind, option }) => `${kind} ${textOf(option)}`).values();
  return [...meanings]
    .map((same) => `${same[0]?.kind} ${same.map(({ job }) => job).join(', ')}: ${same.map(({ option }) => textOf(option))[0]}`)
    .join('; ');
}

function textOf(option: JobOption): string {
  const isNamed = option.type === 'flag' || option.type === 'count' || option.words !== undefined;
  return isNamed ? option.does : `${option.does}, such as ${option.example}`;
}

function optionOf(key: string, option: JobOption, meaning: string): Option {
  const name = flagOf(key);
  switch (option.type) {
    case 'flag':
      return new Option(name, meaning);
    case 'count':
      return new Option(`${name} <n>`, meaning).argParser(whole(option.least, option.most));
    case 'text':
      return new Option(`${name} <text>`, meaning);
    case 'list':
      return new Option(`${name} <names...>`, meaning);
  }
}

const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The jobs of every kind and what each takes, for `landfall run --help`. */
export function jobsText(kinds: readonly AnyKind[]): string {
  const lines = kinds.flatMap(({ kind, jobs }) =>
    Object.entries(jobs).map(([job, { does, options }]) => {
      const takes = Object.keys(options).map(flagOf);
      return `  ${kind} ${job}: ${does}${takes.length === 0 ? '' : ` (${takes.join(', ')})`}`;
    }),
  );
  return `\nJobs:\n${lines.join('\n')}`;
}
