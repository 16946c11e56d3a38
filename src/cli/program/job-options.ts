import { Option } from 'commander';
import type { JobOption } from '../../config/job.ts';
import type { AnyKind } from '../../stores/kind.ts';
import { whole } from './usage.ts';

/** The options of all kinds' jobs as options of `landfall run`; which of them a job takes is looked at when it is known. */
export function jobOptions(kinds: readonly AnyKind[]): readonly Option[] {
  const options = new Map<string, Option>();
  for (const { jobs } of kinds) {
    for (const { options: own } of Object.values(jobs)) {
      for (const [key, option] of Object.entries(own)) if (!options.has(key)) options.set(key, optionOf(key, option));
    }
  }
  return [...options.values()];
}

function optionOf(key: string, option: JobOption): Option {
  const name = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  switch (option.type) {
    case 'flag':
      return new Option(name, option.does);
    case 'count':
      return new Option(`${name} <n>`, option.does).argParser(whole(option.least, option.most));
    case 'text':
      return new Option(`${name} <text>`, `${option.does}, such as ${option.example}`);
    case 'list':
      return new Option(`${name} <names...>`, `${option.does}, such as ${option.example}`);
  }
}

/** The jobs of every kind and what each takes, for `landfall run --help`. */
export function jobsText(kinds: readonly AnyKind[]): string {
  const lines = kinds.flatMap(({ kind, jobs }) =>
    Object.entries(jobs).map(([job, { does, options }]) => {
      const takes = Object.keys(options).map((key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
      return `  ${kind} ${job}: ${does}${takes.length === 0 ? '' : ` (${takes.join(', ')})`}`;
    }),
  );
  return `\nJobs:\n${lines.join('\n')}`;
}
