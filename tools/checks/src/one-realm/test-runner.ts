import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ModernFakeTimers } from '@jest/fake-timers';
import type { Options } from '@swc/core';
import { ModuleMocker } from 'jest-mock';
import { globalsKey, registerModuleHooks } from './module-hooks.ts';

/** Fields used of a project's configuration. */
interface ProjectConfig {
  readonly transform: readonly (readonly [pattern: string, path: string, options: Options])[];
}

/** Fields used of a test environment. */
interface Environment {
  readonly global: { readonly console: Console };
}

type RunSpecFile = (
  globalConfig: unknown,
  config: ProjectConfig,
  environment: Environment,
  runtime: unknown,
  path: string,
  send: unknown,
) => Promise<object>;

const require = createRequire(import.meta.url);
const here = globalThis as unknown as Record<symbol, unknown> & { console: Console };
/** Names under which Jest keeps its state, which it makes anew in each virtual machine. */
const [timeoutKey, handlersKey] = [Symbol.for('TEST_TIMEOUT_SYMBOL'), Symbol.for('EVENT_HANDLERS')];
const stateName = 'JEST_STATE_SYMBOL';

let realm: Realm | undefined;

/**
 * Jest's own runner of spec files, without its virtual machine for each: a process imports a module
 * once, for all of its spec files.
 */
const runSpecFile: RunSpecFile = async (globalConfig, config, environment, _runtime, path, send) => {
  realm ??= new Realm(config);
  const { console } = here;
  realm.begin();
  here.console = environment.global.console;
  const before = process.cpuUsage();
  try {
    const result = await realm.run(globalConfig, config, environment, realm.runtime, path, send);
    const { user, system } = process.cpuUsage(before);
    return { ...result, processorMs: (user + system) / 1000 };
  } finally {
    here.console = console;
    realm.end();
  }
};
export default runSpecFile;

/** Jest's runner in this process, with what it asks of a virtual machine. */
class Realm {
  readonly run: RunSpecFile;
  readonly runtime = {
    requireInternalModule: (path: string): unknown => require(path),
    requireModule: (path: string): unknown => require(path),
    setGlobalsForRuntime: (globals: object) => void (here[globalsKey] = { ...globals, jest: this.jest() }),
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: (path: string): Promise<unknown> => import(pathToFileURL(path).href),
    enterTestCode: () => undefined,
    leaveTestCode: () => undefined,
  };
  private readonly mocker = new ModuleMocker(globalThis);
  private readonly timers: ModernFakeTimers;
  private readonly stateKeys: readonly symbol[];
  private readonly handlers: unknown[];
  private readonly firstHandlers: readonly unknown[];

  constructor(config: ProjectConfig) {
    registerModuleHooks({ ...config.transform[0]![2], sourceMaps: 'inline' });
    this.timers = new ModernFakeTimers({ config: config as never, global: globalThis });
    const runner = require.resolve('jest-circus/runner');
    this.run = (require(runner) as { default: RunSpecFile }).default;
    // The part that runs tests comes first: its event handlers are the ones in use.
    require(runner.replace(/runner\.js$/, 'jestAdapterInit.js'));
    this.handlers = here[handlersKey] as unknown[];
    this.firstHandlers = [...this.handlers];
    require('jest-circus');
    this.stateKeys = Object.getOwnPropertySymbols(here).filter(({ description }) => description === stateName);
  }

  /** Makes Jest's state as it is in a new virtual machine. */
  begin(): void {
    const { getState, resetState } = require('jest-circus') as { getState(): unknown; resetState(): void };
    delete here[timeoutKey];
    this.handlers.splice(0, Infinity, ...this.firstHandlers);
    resetState();
    for (const key of this.stateKeys) here[key] = getState();
    // Jest maps positions of files that it transforms; Node maps those that hooks do.
    process.setSourceMapsEnabled(true);
    delete (Error as Partial<ErrorConstructor>).prepareStackTrace;
  }

  /** Ends what a spec file may have left behind. */
  end(): void {
    this.timers.useRealTimers();
    this.mocker.restoreAllMocks();
  }

  /** The members in use of Jest's `jest`. */
  private jest() {
    const { mocker, timers } = this;
    return {
      spyOn: mocker.spyOn.bind(mocker),
      restoreAllMocks: () => mocker.restoreAllMocks(),
      setTimeout: (milliseconds: number) => void (here[timeoutKey] = milliseconds),
      useFakeTimers: (options?: object) => timers.useFakeTimers(options),
      useRealTimers: () => timers.useRealTimers(),
      advanceTimersByTimeAsync: (milliseconds: number) => timers.advanceTimersByTimeAsync(milliseconds),
    };
  }
}
