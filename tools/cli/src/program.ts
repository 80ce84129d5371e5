import { Command } from 'commander';
import { registerStream } from './events/stream-command.ts';
import { registerEvents } from './events/tail-command.ts';
import { registerTrace } from './events/trace-command.ts';
import { registerLag } from './lag/lag-command.ts';
import { registerRebuild } from './maintenance/rebuild-command.ts';
import { registerRepublish } from './maintenance/republish-command.ts';
import { registerRetire } from './maintenance/retire-command.ts';
import { registerRestore } from './maintenance/restore-command.ts';
import { registerVerify } from './maintenance/verify-command.ts';
import { registerMarks } from './marks/marks-command.ts';
import { registerParked } from './parked/parked-command.ts';
import { registerReceipt } from './receipt/receipt-command.ts';
import { registerReplayTrace } from './replay-trace/replay-command.ts';
import { registerStack } from './stack-commands.ts';
import { registerStory } from './story/story-command.ts';

/** Adds one command, or a family of them, to the program. */
type Register = (program: Command) => void;

/** All commands, in the order in which `--help` lists them. */
const commands: readonly Register[] = [
  registerStack,
  registerEvents,
  registerStream,
  registerTrace,
  registerLag,
  registerParked,
  registerMarks,
  registerVerify,
  registerRebuild,
  registerRestore,
  registerRepublish,
  registerRetire,
  registerReceipt,
  registerReplayTrace,
  registerStory,
];

/** The command line as a program: `tokengrid <command>`. */
export function tokengrid(): Command {
  const program = new Command('tokengrid')
    .description("Tokengrid's command line, for whoever runs it")
    .showHelpAfterError('(--help says what there is)')
    .exitOverride()
    .addHelpText('after', environmentHelp);
  for (const register of commands) register(program);
  return program;
}

const environmentHelp = `
Works on the running stack (run.json of TOKENGRID_HOME, else of .tokengrid in the repository). Where none runs, on servers of your own:
  KAFKA_BROKERS           host:port,…
  DATABASE_URL_<SERVICE>  a service's database, or
  EVENT_SEAL_KEYS         as the services have them, where events are sealed
  DATABASE_URL            a server that has a database per service (wallet, app_registry, …)

Exit codes: 0 all is well, 1 something is wrong or failed, 2 the command line was not understood.`;
