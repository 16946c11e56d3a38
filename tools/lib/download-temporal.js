// Downloads the vendor's Temporal development server: download-temporal.js FOLDER VERSION prints the program's path.
// The vendor's package downloads only in order to run a server, so one is run for a moment.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [folder, version] = process.argv.slice(2);
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', version: `v${version}`, downloadDir: folder } },
});
await environment.teardown();
const [program] = readdirSync(folder).filter((name) => name.startsWith('temporal'));
console.log(join(folder, program));
