import { Command } from 'commander';
import { registerApp } from './app/app-command.ts';
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
import { registerSubscribers } from './subscribers/import-command.ts';

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
  registerApp,
  registerSubscribers,
  registerReplayTrace,
  registerStory,
];

/** The command line as a program: `tokengrid <command>`. */
export function tokengrid(): Command {
  const program = new Command('tokengrid')
    .description("Tokengrid's command line for operators")
    .showHelpAfterError('(see --help)')
    .exitOverride()
    .addHelpText('after', environmentHelp);
  for (const register of commands) register(program);
  return program;
}

const environmentHelp = `
Works on the running stack (run.json in TOKENGRID_HOME, else in .tokengrid of the repository). Without a stack, on servers of your own:
  KAFKA_BROKERS           host:port,…
  DATABASE_URL_<SERVICE>  a service's database, or
  DATABASE_URL            a server with a database per service (wallet, app_registry, …)
  EVENT_SEAL_KEYS         as in the services, if events are sealed

Exit codes: 0 success, 1 a fault was found or the command failed, 2 invalid arguments.`;
