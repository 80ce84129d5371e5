import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { services as addresses, type Stack, startStack } from '@tokengrid/infra-local';
import { Client } from './client.ts';

/** Names of the services in `run.json`. */
export const services: readonly string[] = addresses.map(({ name }) => name);

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const commandTimeoutMs = 120_000;

/** A day of a trial, and the time in which a refused fee has to be paid. */
const shortTimes = { TRIAL_DAY_MS: '1000', SUBSCRIPTION_GRACE_MS: '6000' };

/** Result of a command line. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A whole stack on free ports in a home of its own, with the access of outsiders: HTTP, the command
 * line, pids.
 */
export class Tokengrid {
  private constructor(
    readonly stack: Stack,
    private readonly home: string,
  ) {}

  /** Starts everything, with two processes of the wallet, and of others as stated. */
  static async start(
    instances: Readonly<Record<string, number>> = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<Tokengrid> {
    const home = mkdtempSync(join(tmpdir(), 'tokengrid-e2e-'));
    const wanted = { wallet: 2, ...instances };
    return new Tokengrid(
      await startStack({ home, ports: 'free', instances: wanted, env: { ...shortTimes, ...env } }),
      home,
    );
  }

  /** Path of a process's log. */
  logOf(part: string): string {
    return join(this.home, 'logs', `${part}.log`);
  }

  /** Posts a price and declares a capacity, so that tokens can be bought. */
  async openForBusiness(): Promise<void> {
    const price = { currency: 'CNY', buy: '100', sellBack: '90' };
    await this.at('wallet').put('/v1/token-price', this.operatorKey, price);
    await this.at('wallet').put('/v1/capacity', this.operatorKey, { tokens: '1000000000000' });
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  get operatorKey(): string {
    return this.stack.run.operatorApiKey;
  }

  /** First process of a service. @throws Error without one */
  at(service: string): Client {
    const address = this.stack.run.services[service];
    if (address === undefined) throw new Error(`no service ${service} runs`);
    return new Client(address);
  }

  /** All processes of all services. */
  get all(): readonly Client[] {
    const { services: first, instances } = this.stack.run;
    return services.flatMap((service) =>
      (instances[service] ?? [first[service]!]).map((address) => new Client(address)),
    );
  }

  /** Both processes of the wallet. */
  get wallets(): readonly [Client, Client] {
    const [first, second] = this.stack.run.instances['wallet']!;
    return [new Client(first!), new Client(second!)];
  }

  /** All processes of the gateway. */
  get gateways(): readonly Client[] {
    const { instances } = this.stack.run;
    return instances['gateway']?.map((address) => new Client(address)) ?? [this.at('gateway')];
  }

  /** Both processes of metering, where a stack has two. */
  get meterings(): readonly Client[] {
    return (this.stack.run.instances['metering'] ?? []).map((address) => new Client(address));
  }

  /** `npx tokengrid …`, on this stack. */
  tokengrid(...args: readonly string[]): Promise<CommandResult> {
    return new Promise((resolve) => {
      execFile(
        join(repository, 'node_modules', '.bin', 'node'),
        [join(repository, 'tools', 'cli', 'bin', 'tokengrid.mjs'), ...args],
        {
          cwd: repository,
          env: { ...process.env, TOKENGRID_HOME: this.home },
          timeout: commandTimeoutMs,
          maxBuffer: 64 * 1024 * 1024,
        },
        (error, stdout, stderr) => {
          const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
          resolve({ exitCode, stdout, stderr });
        },
      );
    });
  }
}
