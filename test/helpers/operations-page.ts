import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { temporalProgram } from '../../src/embedded/temporal.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/operations.md', import.meta.url)), 'utf8');

/** How a command ended; its error text is in `text` too. */
export interface Said {
  readonly exit: number | undefined;
  readonly text: string;
}

/** The commands of one section of the operations page, typed exactly as they stand there. */
export interface OperationsPage {
  /** Runs the command whose row begins with these words, after putting something else for what the page has as an example. */
  type(to: string, instead?: Readonly<Record<string, string>>): Promise<Said>;
  /** Rows that nobody has tried. */
  untried(): readonly string[];
  close(): void;
}

export async function operationsPage(section: string, temporalAddress: string): Promise<OperationsPage> {
  const commands = commandsOf(section);
  const untried = new Set(commands.keys());
  const bin = mkdtempSync(join(tmpdir(), 'landfall-bin-'));
  symlinkSync(await temporalProgram(() => undefined), join(bin, 'temporal'));
  const env = { PATH: [bin, process.env.PATH].join(delimiter), HOME: bin, TEMPORAL_ADDRESS: temporalAddress };
  return {
    async type(to, instead = {}) {
      const written = commands.get(to);
      if (written === undefined) throw new Error(`The operations page has no row "${to}" in section ${section}.`);
      untried.delete(to);
      const line = Object.entries(instead).reduce((text, [example, real]) => text.replaceAll(example, real), written);
      const { exitCode, all } = await execa('sh', ['-c', line], {
        env,
        extendEnv: false,
        reject: false,
        all: true,
        stdin: 'ignore',
        timeout: 60_000,
      });
      return { exit: exitCode, text: all };
    },
    untried: () => [...untried],
    close: () => rmSync(bin, { recursive: true, force: true }),
  };
}

/** The `temporal` commands of a section's tables by what the first cell says they are for. */
function commandsOf(section: string): ReadonlyMap<string, string> {
  const [, text = ''] = page.split(`\n## ${section}\n`);
  const rows = (text.split('\n## ')[0] ?? '').matchAll(/^\| ([^|]+?) \| `(temporal [^`]+)` \|/gm);
  return new Map([...rows].map(([, to = '', command = '']) => [to, command]));
}
