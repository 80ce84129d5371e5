const shell = /^```sh\n([\s\S]*?)^```/gm;
/** npm's shorthands for scripts. */
const shorthands = ['start', 'test', 'stop', 'restart'];

/** Commands that exist. */
export interface Known {
  /** The scripts of the root's package.json. */
  readonly scripts: readonly string[];
  /** The verbs of `npx tokengrid`. */
  readonly verbs: readonly string[];
}

/** Commands in a text's `sh` blocks that do not exist. */
export function unknownCommands(path: string, text: string, { scripts, verbs }: Known): string[] {
  const lines = [...text.matchAll(shell)].flatMap((match) => match[1]!.split('\n'));
  return lines.flatMap((line) => {
    const command = line.replace(/#.*$/, '');
    const faults: string[] = [];
    for (const [, run, name] of command.matchAll(/\bnpm (run(?:-script)? )?([a-z][\w:-]*)/g)) {
      if ((run || shorthands.includes(name!)) && !scripts.includes(name!)) {
        faults.push(`${path}: no such script ${name}, in: ${line.trim()}`);
      }
    }
    for (const [, verb] of command.matchAll(/\bnpx tokengrid ([a-z][\w-]*)/g)) {
      if (!verbs.includes(verb!)) faults.push(`${path}: tokengrid has no verb ${verb}, in: ${line.trim()}`);
    }
    return faults;
  });
}

/** The verbs that a program's `--help` lists under `Commands:`. */
export function verbsOf(help: string): readonly string[] {
  const [, list = ''] = help.split(/^Commands:$/m);
  return [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)].map((match) => match[1]!);
}
