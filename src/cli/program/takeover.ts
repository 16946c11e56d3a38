import { settingsOf } from '../context.ts';
import { type ImportOptions, importOoi } from '../import-ooi.ts';
import { exportOoiRecords, importOoiRecords } from '../ooi-records.ts';
import { answering, command, leave, type Usage } from './usage.ts';

/** Commands that take over what other harvests have, and give back what they read. */
export function takeoverCommands(usage: Usage): void {
  const { landfall, globals } = usage;
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
  command(take, 'ooi-records', 'take over status and request records of an existing harvest', 'import ooi-records records --dry-run')
    .argument('<folder>', 'copy of the bucket that has them: harvest-status/ and ooinet-requests/')
    .option('--dry-run', 'only say what would be taken over')
    .action((folder: string, options: { dryRun?: boolean }) =>
      answering(usage, (context) => importOoiRecords(context, folder, options.dryRun === true)),
    );

  const give = command(landfall, 'export', 'write records in the form of an existing harvest', 'export ooi-records records');
  command(give, 'ooi-records', 'write status and request records, and the history of each stream', 'export ooi-records records')
    .argument('<folder>', 'where they go; what has the same name there is replaced')
    .action((folder: string) => answering(usage, (context) => exportOoiRecords(context, folder)));
}
