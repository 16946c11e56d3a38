/** The command `landfall`. */
import { CommanderError } from 'commander';
import { EXIT, exitCodeOf, sentenceOf } from './exit.ts';
import { forgiveClosedOutput, remark } from './output.ts';
import { program } from './program/program.ts';
import { isCutShort } from './until-stopped.ts';

forgiveClosedOutput();
try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else {
    remark(sentenceOf(error));
    process.exitCode = exitCodeOf(error);
    // What was under way when the signal came would keep the process.
    if (isCutShort(error)) process.exit();
  }
}
