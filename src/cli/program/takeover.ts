import { settingsOf } from '../context.ts';
import { type ImportOptions, importOoi } from '../import-ooi.ts';
import { command, leave, type Usage } from './usage.ts';

/** Commands that take over what other harvests have, and give back what they read. */
export function takeoverCommands({ landfall, globals }: Usage): void {
  const take = command(
    landfall,
    'import',
    'take over configurations and records of an existing harvest',
    'import ooi configs/flow_configs --dry-run',
  );
  command(take, 'ooi', 'make flow files of configurations <folder>/<refdes>/<table>.yaml', 'import ooi configs/flow_configs --dry-run')
    .argument('<folder>', 'folder that holds a folder for each instrument')
    .option('--dry-run', 'only say what would be written')
    .option('--force', 'replace flow files that are there and say something else')
    .option('--place <place>', 'where the stores are, instead of what each file says: a folder or s3://bucket/prefix')
    .action(async (folder: string, options: ImportOptions) =>
      leave(await importOoi(folder, settingsOf(globals()).flows, options), globals()),
    );
}
