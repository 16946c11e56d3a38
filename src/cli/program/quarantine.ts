import { dropQuarantine, listQuarantine, retryQuarantine, showQuarantine } from '../quarantine.ts';
import { answering, command, type Usage } from './usage.ts';

/** Commands over what could not be loaded. */
export function quarantineCommands(usage: Usage): void {
  const quarantine = command(
    usage.landfall,
    'quarantine',
    'items of flows of kind argo that could not be loaded, and why',
    'quarantine list argo',
  );
  command(quarantine, 'list', 'open entries, with their reasons', 'quarantine list argo --all')
    .argument('[flow]', 'of one flow')
    .option('--all', 'closed ones too')
    .action((flow: string | undefined, options: { all?: boolean }) =>
      answering(usage, (context) => listQuarantine(context, flow ?? null, options)),
    );
  command(quarantine, 'show', 'one entry, whole', 'quarantine show argo aoml/13857_001')
    .argument('<flow>', 'name of the flow')
    .argument('<item>', 'such as aoml/13857_001')
    .action((flow: string, item: string) => answering(usage, (context) => showQuarantine(context, flow, item)));
  const again = 'try entries again; all of the flow when none is named';
  command(quarantine, 'retry', again, 'quarantine retry argo aoml/13857_001 --wait')
    .argument('<flow>', 'name of the flow')
    .argument('[items...]', 'such as aoml/13857_001')
    .option('--wait', 'show its progress and wait for the result')
    .action((flow: string, items: string[], options: { wait?: boolean }) =>
      answering(usage, (context) => retryQuarantine(context, flow, items, options.wait === true)),
    );
  command(quarantine, 'drop', 'give entries up; they stay on record', 'quarantine drop argo aoml/13857_001 --dry-run')
    .argument('<flow>', 'name of the flow')
    .argument('<items...>', 'such as aoml/13857_001')
    .option('--dry-run', 'only say what would be dropped')
    .action((flow: string, items: string[], options: { dryRun?: boolean }) =>
      answering(usage, (context) => dropQuarantine(context, flow, items, options.dryRun === true)),
    );
}
