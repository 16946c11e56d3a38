import { type Command, InvalidArgumentError } from 'commander';
import { type Context, withContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type Answer, type GlobalOptions, show } from '../output.ts';

/** What the files that name the commands share. */
export interface Usage {
  readonly landfall: Command;
  /** The options that every command takes, as they were typed. */
  readonly globals: () => GlobalOptions;
}

/** A command with its examples; every command has one. */
export const command = (parent: Command, name: string, description: string, ...examples: readonly [string, ...string[]]): Command =>
  parent
    .command(name)
    .description(description)
    .addHelpText('after', `\nExample:\n${examples.map((example) => `  $ landfall ${example}`).join('\n')}`);

/** A command that answers with a value and a text, from settings, flow files and servers. */
export const answering = ({ globals }: Usage, work: (context: Context) => Promise<Answer>): Promise<void> =>
  withContext(globals(), async (context) => leave(await work(context), globals()));

export function leave(answer: Answer, { json }: GlobalOptions): void {
  show(answer, json === true);
  process.exitCode = answer.exit ?? EXIT.done;
}

export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      `Expected a whole number ${most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`}.`,
    );
  };
