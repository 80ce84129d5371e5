import { readFile, writeFile } from 'node:fs/promises';
import { readRunFile } from '@tokengrid/infra-local';
import type { Command } from 'commander';
import { Failure } from '../output/failure.ts';
import { ApiClient } from '../trace/api-client.ts';
import { type AppFile, readAppFile } from './app-file.ts';
import { exampleFile } from './example.ts';
import { publishApp, type Registry } from './publish-app.ts';

/** `app init|validate|publish <file>`. */
export function registerApp(program: Command): void {
  const app = program.command('app').description("a developer's app, stated in a file (YAML or JSON)");
  app
    .command('init')
    .description('writes a commented example to a new file')
    .argument('<file>', 'file to write, such as app.yaml')
    .action(init);
  app
    .command('validate')
    .description('lists every mistake of the file with its line, place and remedy; works offline')
    .argument('<file>', 'file of the app, in YAML or JSON')
    .action(async (file: string) => {
      if (await readValid(file)) console.log(`${file} is valid; prices are compared with models when it is submitted`);
    });
  app
    .command('publish')
    .description('drafts, submits and publishes what the file states; run again, it goes on from where it was')
    .argument('<file>', 'file of the app, in YAML or JSON')
    .option('--again', 'draft anew what was rejected')
    .addHelpText('after', publishHelp)
    .action(publish);
}

const publishHelp = `
Environment:
  TOKENGRID_API_KEY  the developer's API key
  APP_REGISTRY_URL   address of the app registry (default: that of the running stack)`;

async function init(file: string): Promise<void> {
  // An existing file is somebody's work.
  await writeFile(file, exampleFile, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(error.code === 'EEXIST' ? `${file} exists already.` : `${file}: ${error.message}.`, {
      cause: error,
    });
  });
  console.log(`${file} was written`);
}

async function publish(file: string, { again = false }: { readonly again?: boolean }): Promise<void> {
  const app = await readValid(file);
  if (!app) return;
  const { lines, isRejected } = await publishApp(findRegistry(), app, again);
  for (const line of lines) console.log(line);
  if (isRejected) process.exitCode = 1;
}

/** The app of a file; `undefined` once its mistakes are told. */
async function readValid(file: string): Promise<AppFile | undefined> {
  const content = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Failure(`${file} can't be read: ${error.message}.`, { cause: error });
  });
  const read = readAppFile(content);
  if ('app' in read) return read.app;
  for (const { line, pointer, detail } of read.mistakes)
    console.log(`${file}:${line}: ${pointer || 'the file'}: ${detail}`);
  process.exitCode = 1;
  return undefined;
}

function findRegistry(): Registry {
  const key = process.env['TOKENGRID_API_KEY'];
  if (!key) throw new Failure("Set TOKENGRID_API_KEY to the developer's API key.");
  const address = process.env['APP_REGISTRY_URL'] ?? readRunFile().services['app-registry'];
  if (!address) throw new Failure('The app registry is not running: start the stack, or set APP_REGISTRY_URL.');
  return { client: new ApiClient(address), key };
}
