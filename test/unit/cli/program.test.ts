import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import { program } from '../../../src/cli/program/program.ts';

const below = (parent: Command, path: string): readonly (readonly [string, Command])[] =>
  parent.commands.flatMap((command) => {
    const name = `${path} ${command.name()}`;
    return [[name, command] as const, ...below(command, name)];
  });

/** What --help prints, the texts around it included. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

describe('the help of landfall', () => {
  for (const [name, command] of below(program(), 'landfall')) {
    it(`of "${name}" describes it, its arguments, and has an example that begins with it`, () => {
      const help = helpOf(command);

      assert.ok(help.includes(`\nExample:\n  $ ${name}`), help);
      assert.notEqual(command.description(), '');
      assert.deepEqual(
        [...command.registeredArguments, ...command.options].filter(({ description }) => description === '').map(String),
        [],
      );
    });
  }

  it('of "landfall run" tells what an option means to the jobs of each kind, and how each is begun', () => {
    const [run] = program().commands.filter((command) => command.name() === 'run');
    const help = helpOf(run ?? program()).replace(/\s+/g, ' ');

    assert.match(
      help,
      /--force argo mirror: accept what the night would .*; ooi harvest: ask now, even when nothing new is known; ooi refresh: /,
    );
    assert.match(help, /--request <text> ooi harvest, refresh: auto \(the default\) goes on with /);
    assert.match(help, /--seed <n> argo verify: draws the same sample .*; ooi verify: draws the same stretches again/);
    assert.match(help, /\$ landfall run mirror argo .*\$ landfall run harvest /);
  });

  it('of the whole names every exit status, and the shape of errors', () => {
    const help = helpOf(program()).replace(/\s+/g, ' ');

    for (const status of ['0 done', '1 failed', '2 wrong usage', '3 servers not reachable', '4 the flow is being worked on']) {
      assert.ok(help.includes(status), status);
    }
    assert.ok(help.includes('{"error":{code,message,exit}}'));
  });
});
