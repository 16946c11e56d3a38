import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { GlobalOptions } from '../output.ts';
import { argoCommands } from './argo.ts';
import { flowCommands } from './flows.ts';
import { ooiCommands } from './ooi.ts';
import { quarantineCommands } from './quarantine.ts';
import { runCommands } from './runs.ts';
import { serverCommands } from './servers.ts';
import { takeoverCommands } from './takeover.ts';
import type { Usage } from './usage.ts';

const EXIT_CODES = `
Exit status: 0 done, 1 failed or stopped, 2 wrong usage, settings or flow files, 3 servers not reachable, 4 the flow is being worked on
by another run, 129, 130, 143 ended early by a closed terminal, Ctrl-C, SIGTERM.`;

/** The command `landfall`: names, options and examples. What the commands do is one file each, beside this folder. */
export function program(): Command {
  const landfall = new Command('landfall')
    .description('Brings scientific data home and keeps it right.')
    .version(version(), '--version', 'print the version')
    .option('--home <folder>', 'folder of everything Landfall writes by itself (LANDFALL_HOME, default .landfall)')
    .option('--flows <folder>', 'folder of the flow files (LANDFALL_FLOWS, default <home>/flows if it is there, else flows)')
    .option('--json', 'print one JSON value for machines; what goes wrong is {"error":{code,message,exit}}')
    .helpOption('-h, --help', 'how it is used, with an example')
    .helpCommand('help [command]', 'the same as --help')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(add --help for how it is used)')
    .exitOverride();
  const usage: Usage = { landfall, globals: () => landfall.opts<GlobalOptions>() };
  serverCommands(usage);
  flowCommands(usage);
  runCommands(usage);
  quarantineCommands(usage);
  argoCommands(usage);
  ooiCommands(usage);
  takeoverCommands(usage);
  return landfall;
}

function version(): string {
  const text: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  return typeof text === 'object' && text !== null && 'version' in text ? String(text.version) : 'unknown';
}
