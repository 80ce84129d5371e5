import { Command, CommanderError } from 'commander';
import { Failure } from './failure.ts';
import { type DecisionWish, generateDecision } from './kinds/decision.ts';
import { type EventWish, generateEvent } from './kinds/event.ts';
import { generatePolicy, type PolicyWish } from './kinds/policy.ts';
import { generateProjection, type ProjectionWish } from './kinds/projection.ts';
import { generateRefusal, type RefusalWish } from './kinds/refusal.ts';
import { generateService, type ServiceWish } from './kinds/service.ts';
import { Workspace } from './workspace.ts';

/** Options of a command: its wish without its arguments. */
type OptionsOf<Wish, Argument extends keyof Wish> = Omit<Wish, Argument> & { readonly dryRun?: boolean };

/** Adds one kind of generator to the program. */
type Register = (program: Command) => void;

const ofStream = '--stream <kind>';
const ofGroup = '--group <name>';
const group = 'the list the event stands in, without "Events": status (default: the stream)';

const registerEvent: Register = (program) =>
  kind(program, 'event', 'an event in its group, with its sample, and an entry wherever there is one for each')
    .argument('<service>', 'whose it is: wallet')
    .argument('<event>', 'in the past, its subject first: WalletFrozen')
    .requiredOption(ofStream, 'the kind of stream it belongs to, as its file in decisions/state: wallet')
    .option(ofGroup, group)
    .action((service: string, event: string, options: OptionsOf<EventWish, 'service' | 'event'>) =>
      run(program, options, (workspace) => generateEvent(workspace, { service, event, ...options })),
    );

const registerDecision: Register = (program) =>
  kind(program, 'decision', 'a decision with its event, its spec, and the route that asks for it')
    .argument('<service>', 'whose it is: wallet')
    .argument('<decision>', 'a verb and what it is done to: freeze-wallet')
    .requiredOption('--event <event>', 'what it states, in the past, its subject first: WalletFrozen')
    .requiredOption('--topic <folder>', 'its folder in decisions: wallets')
    .requiredOption(ofStream, 'the kind of stream it decides on, as its file in decisions/state: wallet')
    .option(ofGroup, group)
    .option('--resource <folder>', 'its folder in http: wallets (default: no route; a policy asks for it)')
    .action((service: string, decision: string, options: OptionsOf<DecisionWish, 'service' | 'decision'>) =>
      run(program, options, (workspace) => generateDecision(workspace, { service, decision, ...options })),
    );

const registerRefusal: Register = (program) =>
  kind(program, 'refusal', 'a reason for which a decision is refused: its code, its event, and its case')
    .argument('<service>', 'whose decision it is: wallet')
    .argument('<decision>', 'a verb and what it is done to: freeze-wallet')
    .argument('<reason>', 'its code without the service: ALREADY_FROZEN')
    .requiredOption('--event <event>', 'what states it, made if there is none: FreezeRefused')
    .requiredOption(ofStream, 'the kind of stream it decides on, as its file in decisions/state: wallet')
    .option(ofGroup, group)
    .action(
      (
        service: string,
        decision: string,
        reason: string,
        options: OptionsOf<RefusalWish, 'service' | 'decision' | 'reason'>,
      ) => run(program, options, (workspace) => generateRefusal(workspace, { service, decision, reason, ...options })),
    );

const registerPolicy: Register = (program) =>
  kind(program, 'policy', "a policy: somebody's event leads to a decision")
    .argument('<service>', 'whose decision it is: wallet')
    .argument('<decision>', 'a verb and what it is done to: freeze-wallet')
    .requiredOption('--on <service:event>', 'the event, and whose it is: identity:PartySuspended')
    .action((service: string, decision: string, options: OptionsOf<PolicyWish, 'service' | 'decision'>) =>
      run(program, options, (workspace) => generatePolicy(workspace, { service, decision, ...options })),
    );

const registerProjection: Register = (program) =>
  kind(program, 'projection', 'a read model of a list of events, with its table and migration')
    .argument('<service>', 'whose it is: wallet')
    .argument('<name>', 'as its file is named: open-holds')
    .requiredOption('--of <events>', `the list of events, without "Events": hold; another service's: identity:party`)
    .action((service: string, name: string, options: OptionsOf<ProjectionWish, 'service' | 'name'>) =>
      run(program, options, (workspace) => generateProjection(workspace, { service, name, ...options })),
    );

const registerService: Register = (program) =>
  kind(program, 'service', 'a service with one kind of stream, an event, a decision and a route, which boots')
    .argument('<name>', 'as its folder is named: price-board')
    .requiredOption('--stream <noun>', 'what it keeps a stream of each: board')
    .option('--prefix <letters>', "what the streams' ids begin with: brd")
    .action((name: string, options: OptionsOf<ServiceWish, 'name'>) =>
      run(program, options, (workspace) => generateService(workspace, { name, ...options })),
    );

/**
 * Runs `npm run generate` on the repository at `root`; its arguments may come from a test as well.
 * @returns the exit code: 1 for a refusal, 2 for wrong arguments
 */
export async function generate(root: string, args: readonly string[]): Promise<number> {
  try {
    await generators(root).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    return 1;
  }
}

function generators(root: string): Command {
  const program = new Command('generate')
    .description(
      'Writes the files of something new, their registrations, and one failing test that says what to fill in',
    )
    .usage('<what> [options]')
    .showHelpAfterError('(see --help)')
    .exitOverride();
  program.setOptionValue('root', root);
  const all = [registerEvent, registerDecision, registerRefusal, registerPolicy, registerProjection, registerService];
  for (const register of all) register(program);
  return program;
}

const kind = (program: Command, name: string, description: string): Command =>
  program.command(name).description(description).option('--dry-run', 'tell what would be written, and write nothing');

/** Generates, then writes all files, or prints them. */
async function run(
  program: Command,
  { dryRun }: { readonly dryRun?: boolean },
  generate: (workspace: Workspace) => void,
): Promise<void> {
  const workspace = new Workspace(program.opts<{ root: string }>().root);
  generate(workspace);
  if (!dryRun) {
    workspace.refuseDirty();
    await workspace.commit();
  }
  for (const { path, kind } of workspace.changes()) console.log(`${kind} ${path}`);
  if (dryRun) console.log('nothing was written (--dry-run)');
}
