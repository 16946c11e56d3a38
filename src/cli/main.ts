/** The command `landfall`. */
import { complain } from './complain.ts';
import { forgiveClosedOutput, recommendAs } from './output.ts';
import { program } from './program/program.ts';
import { isCutShort } from './until-stopped.ts';

forgiveClosedOutput();
const landfall = program();
const commands = new Set(landfall.commands.map((command) => command.name()));
recommendAs({}, commands);
landfall.hook('preAction', () => recommendAs(landfall.opts(), commands));
try {
  await landfall.parseAsync();
} catch (error) {
  // A command line that cannot be read leaves its options unread too.
  process.exitCode = complain(error, landfall.opts().json === true || process.argv.includes('--json'));
  // What was under way when the signal came would keep the process.
  if (isCutShort(error)) process.exit();
}
