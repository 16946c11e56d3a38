/** The command `landfall`. */
import { complain } from './complain.ts';
import { forgiveClosedOutput } from './output.ts';
import { program } from './program/program.ts';
import { isCutShort } from './until-stopped.ts';

forgiveClosedOutput();
const landfall = program();
try {
  await landfall.parseAsync();
} catch (error) {
  // A command line that cannot be read leaves its options unread too.
  process.exitCode = complain(error, landfall.opts().json === true || process.argv.includes('--json'));
  // What was under way when the signal came would keep the process.
  if (isCutShort(error)) process.exit();
}
