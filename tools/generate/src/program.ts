import { Command } from 'commander';
import { generateService } from './kinds/service.ts';
import { Workspace } from './workspace.ts';

interface Options {
  readonly dryRun?: boolean;
}

/** `npm run generate`, on the repository at `root`. */
export function generators(root: string): Command {
  const program = new Command('generate')
    .description(
      'Writes the files of something new, their registrations, and one failing test that says what to fill in',
    )
    .usage('<what> [options]')
    .showHelpAfterError('(see --help)')
    .exitOverride();
  /** What is generated, then written, or only told. */
  const run = async (generate: (workspace: Workspace) => void, { dryRun }: Options) => {
    const workspace = new Workspace(root);
    generate(workspace);
    if (!dryRun) {
      workspace.refuseDirty();
      await workspace.commit();
    }
    for (const { path, kind } of workspace.changes()) console.log(`${kind} ${path}`);
    if (dryRun) console.log('nothing was written (--dry-run)');
  };

  program
    .command('service')
    .description('a service with one kind of stream, an event, a decision and a route, which boots')
    .argument('<name>', 'as its folder is named: price-board')
    .requiredOption('--stream <noun>', 'what it keeps a stream of each: board')
    .option('--prefix <letters>', "what the streams' ids begin with: brd")
    .option('--dry-run', 'tell what would be written, and write nothing')
    .action((name: string, options: Options & { stream: string; prefix?: string }) =>
      run((workspace) => generateService(workspace, { name, ...options }), options),
    );
  return program;
}
