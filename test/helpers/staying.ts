import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bareEnvironment } from './command.ts';
import { until } from './processes.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** A command that stays up, in a process of its own with no settings but these. It ends with this process. */
export class Staying {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown[]>;
  #text = '';

  constructor(words: readonly string[], cwd: string, settings: Readonly<Record<string, string>> = {}) {
    const env = { ...bareEnvironment(), ...settings };
    const child = spawn(process.execPath, [main, ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (this.#text += part));
    const endWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', endWithUs);
    this.#child = child;
    this.#gone = once(child, 'exit').finally(() => process.off('exit', endWithUs));
  }

  get text(): string {
    return this.#text;
  }

  /** Waits until it has said something. @throws when it ends before. */
  async says(what: RegExp): Promise<void> {
    await until(async () => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`It ended: ${this.#text}`);
      return what.test(this.#text);
    });
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    await this.#gone;
    return this.#child.exitCode;
  }
}
