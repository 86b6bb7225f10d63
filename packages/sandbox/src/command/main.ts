const USAGE = `Usage: sandbox-org <command>

  serve <folder> [--port P] [--log F]
      serves an org folder on 127.0.0.1, and prints the address; Ctrl-C ends it
  generate <folder> --accounts N --seed S [--person-accounts P]
      writes an org folder of any size
`;

/** Runs one command line, without node and script name; sets the exit code. */
async function run([name = '', ...args]: readonly string[]): Promise<void> {
  const asksForHelp = (argument: string): boolean => argument === '--help' || argument === '-h';
  const command = await commandOf(name);
  if (asksForHelp(name) || name === 'help' || (command !== null && args.some(asksForHelp))) {
    process.stdout.write(USAGE);
    return;
  }
  if (command === null) {
    process.stderr.write(name === '' ? USAGE : `There is no command '${name}'. ${USAGE}`);
    process.exitCode = 1;
    return;
  }
  try {
    await command.run(args);
  } catch (error) {
    const known = command.explained.some((kind) => error instanceof kind);
    const text = error instanceof Error ? (known ? error.message : error.stack) : String(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}

interface Command {
  run(args: readonly string[]): void | Promise<void>;
  readonly explained: readonly (new (message: string) => Error)[];
}

/** Each command loads what it needs: the generator works with little memory. */
async function commandOf(name: string): Promise<Command | null> {
  if (name === 'serve') {
    const { serve, explained } = await import('./serve.ts');
    return { run: serve, explained };
  }
  if (name === 'generate') {
    const { generate, explained } = await import('./generate.ts');
    return { run: generate, explained };
  }
  return null;
}

await run(process.argv.slice(2));
