import { jsonSchema } from '../../config/flow-schema.ts';
import { kinds } from '../../kinds.ts';
import { applyFlows } from '../apply.ts';
import { settingsOf } from '../context.ts';
import { init } from '../init.ts';
import { say } from '../output.ts';
import { answering, command, leave, type Usage } from './usage.ts';

/** Commands over flow files: write, check, apply. */
export function flowCommands(usage: Usage): void {
  const { landfall, globals } = usage;
  command(landfall, 'init', 'write a commented flow file for the public upstream of a kind', 'init argo')
    .argument('<kind>', kinds.map(({ kind }) => kind).join(', '))
    .action(async (kind: string) => leave(await init(settingsOf(globals()).flows, kind), globals()));
  command(landfall, 'schema', 'print the JSON Schema of flow files, for editors', 'schema > flow.schema.json').action(() =>
    say(JSON.stringify(jsonSchema(kinds), null, 2)),
  );
  command(landfall, 'diff', 'show what apply would change', 'diff').action(() => answering(usage, (context) => applyFlows(context, true)));
  const makes = 'make schedules, collections, indexes and validators as the flow files want them; drops no collection';
  command(landfall, 'apply', makes, 'apply --dry-run')
    .option('--dry-run', 'only show it, like diff')
    .action((options: { dryRun?: boolean }) => answering(usage, (context) => applyFlows(context, options.dryRun === true)));
}
