import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { program } from '../../../src/cli/program/program.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(`${root}docs`).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

/** Where a command is shown: a line of a block of code, or between backticks. */
const SHOWN = /^(?:npx )?landfall ([^\n#]+)|`(?:npx )?landfall ([^`]+)`/gm;

/** What stands for something, or for several. */
const isForm = (words: readonly string[]): boolean => words.some((word) => /[…|]|^\[/.test(word));

const commandsOf = (page: string): readonly string[] =>
  [...readFileSync(`${root}${page}`, 'utf8').matchAll(SHOWN)].map(([, line, inline]) => (line ?? inline ?? '').trim());

const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? '');

function doingNothing(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  for (const each of command.commands) doingNothing(each).action(() => {});
  return command;
}

describe('a command that the pages show', () => {
  for (const page of pages)
    it(`is understood as it stands in ${page}`, async () => {
      const wrong: string[] = [];
      for (const command of commandsOf(page)) {
        const words = wordsOf(command);
        if (isForm(words)) continue;
        const [name] = words;
        const isAlone = words.length === 1;
        try {
          const landfall = doingNothing(program());
          if (isAlone && landfall.commands.some((each) => each.name() === name)) continue;
          await landfall.parseAsync(words, { from: 'user' });
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'commander.helpDisplayed')) wrong.push(`${command}: ${error}`);
        }
      }
      assert.deepEqual(wrong, []);
    });

  it('is found on the pages', () => {
    assert.ok(pages.flatMap(commandsOf).length > 100);
  });
});
