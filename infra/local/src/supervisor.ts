import { createHome, homePaths, resolveHome } from './home.ts';
import { openKafka } from './kafka.ts';
import type { Kafka } from './kafka.ts';
import { modelServers, openModelServer } from './model-server/model-server-part.ts';
import type { PartHandle, PartOptions } from './open-part.ts';
import { openPaymentSandbox, paymentSandbox } from './payment-sandbox/payment-sandbox-part.ts';
import { Ports } from './ports.ts';
import { ensureDatabase, openPostgres } from './postgres.ts';
import type { Postgres } from './postgres.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';
import type { RunFile } from './run-file.ts';
import { readOrCreateSecrets } from './secrets.ts';
import { databaseUrl, needsPostgres, reachBrokers, readServers } from './servers.ts';
import type { Servers } from './servers.ts';
import { eventSealKeys, operatorApiKey, serviceEnvironment } from './service-environment.ts';
import { openService } from './service-part.ts';
import { builtServices, databaseName, databaseOwners, services as knownServices } from './services.ts';
import { endLeftovers, forgetProcesses, recordProcesses, releaseLock, takeLock } from './supervisor-lock.ts';

export interface StackOptions {
  /** Home; `TOKENGRID_HOME`, else `.tokengrid` in the repository by default. */
  readonly home?: string;
  /** Services to run: all built ones (the default), none, or these. */
  readonly services?: 'all' | 'none' | readonly string[];
  /** Number of processes of a service, if not one. */
  readonly instances?: Readonly<Record<string, number>>;
  readonly brokers?: 1 | 3 | undefined;
  /** The well-known ports (the default; a taken one is replaced), or any free ones. */
  readonly ports?: 'default' | 'free';
  /** Additional environment of the services; also read for ports and servers. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives messages for the user; none by default. */
  readonly say?: (message: string) => void;
  /** Stops it, even during its start. */
  readonly signal?: AbortSignal;
  /** Gets each line the services print, beside their log files. */
  readonly serviceLine?: (part: string, line: string) => void;
}

/** A running stack. */
export interface Stack {
  readonly home: string;
  /** Current content of `run.json`. */
  readonly run: RunFile;
  /** Its parts by name (`kafka`, `postgres`, `wallet`, `wallet-2`), to break and to start again. */
  part(name: string): PartHandle;
  /** Ends services, Kafka and Postgres, in this order. */
  stop(): Promise<void>;
}

/** Starts a stack and resolves when all of it is ready; ends its parts if it rejects. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const home = resolveHome(options.home);
  const say = options.say ?? (() => undefined);
  createHome(home);
  takeLock(home, say);
  const supervisor = new Supervisor(home, { ...options, say });
  // The later caller of stop learns of a failure: there is only one stop.
  const abort = () => void supervisor.stop().catch(() => undefined);
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    options.signal?.throwIfAborted();
    await endLeftovers(home, say);
    removeRunFile(home);
    await supervisor.start();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return supervisor;
}

/** Owns the parts of one stack, from the first start to the last end. */
class Supervisor implements Stack {
  private readonly env: NodeJS.ProcessEnv;
  private readonly servers: Servers;
  private readonly ports = new Ports();
  private readonly startedAt = new Date().toISOString();
  private readonly services: RunningService[] = [];
  private readonly modelServers: { readonly url: string; readonly handle: PartHandle }[] = [];
  private sandbox: { readonly url: string; readonly port: number; handle?: PartHandle } | undefined;
  private kafka: Kafka | undefined;
  private postgres: Postgres | undefined;
  private databases: Record<string, string> = {};
  private isReady = false;
  private starting: Promise<void> = Promise.resolve();
  private stopping: Promise<void> | undefined;

  constructor(
    readonly home: string,
    private readonly options: StackOptions & { readonly say: (message: string) => void },
  ) {
    this.env = { ...process.env, ...options.env };
    this.servers = readServers(this.env);
  }

  get run(): RunFile {
    const services: Record<string, string[]> = {};
    const processes: Record<string, number[]> = {};
    for (const { service, url, handle } of this.services) {
      (services[service] ??= []).push(url);
      (processes[service] ??= []).push(...handle.pids());
    }
    const others = [...this.modelServers.map(({ handle }) => handle), this.sandbox?.handle, this.kafka, this.postgres];
    for (const part of others) if (part) processes[part.name] = part.pids();
    const addresses = Object.entries(services);
    const secrets = readOrCreateSecrets(this.home);
    return {
      operatorApiKey: operatorApiKey(this.env, secrets),
      eventSealKeys: eventSealKeys(this.env, secrets),
      services: Object.fromEntries(addresses.map(([name, urls]) => [name, urls[0]!])),
      instances: Object.fromEntries(addresses.filter(([, urls]) => urls.length > 1)),
      ...(this.sandbox && { paymentSandbox: this.sandbox.url }),
      ...(this.modelServers.length > 0 && { modelServers: this.modelServers.map(({ url }) => url) }),
      kafka: { brokers: [...this.brokers()] },
      postgres: this.databases,
      processes,
      supervisor: process.pid,
      startedAt: this.startedAt,
    };
  }

  part(name: string): PartHandle {
    const parts = this.parts();
    const found = parts.find((part) => part.name === name);
    if (found) return found;
    throw new Error(`Unknown part ${name}; the parts are: ${parts.map((part) => part.name).join(', ')}.`);
  }

  start(): Promise<void> {
    this.starting = this.startAll();
    return this.starting;
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async startAll(): Promise<void> {
    const wanted = selectServices(this.options);
    await allSettled([this.startPostgres(), this.startKafka()]);
    if (wanted.includes('wallet') && !this.env['PAYMENT_PROVIDER_URL']) await this.reserveSandbox();
    if (wanted.includes('gateway')) await this.openModelServers();
    for (const service of wanted) {
      const instances = this.options.instances?.[service] ?? 1;
      for (let number = 1; number <= instances; number += 1) await this.openService(service, number);
    }
    this.openSandbox();
    // One failed start ends all: the others are not awaited.
    await Promise.all(this.programs().map((handle) => handle.start()));
    this.refuseWhenStopping();
    this.isReady = true;
    this.changed();
  }

  private async stopAll(): Promise<void> {
    this.isReady = false;
    removeRunFile(this.home);
    await this.stopParts();
    // Stopped during its start, it may have opened a part meanwhile.
    await this.starting.catch(() => undefined);
    await this.stopParts();
    this.ports.release();
    forgetProcesses(this.home);
    releaseLock(this.home);
  }

  private async stopParts(): Promise<void> {
    await allSettled(this.programs().map((handle) => handle.stop()));
    await this.kafka?.stop();
    await this.postgres?.stop();
  }

  private async startPostgres(): Promise<void> {
    if (needsPostgres(this.servers)) {
      const port = await this.claim({ name: 'postgres', port: 5432 }, 'POSTGRES_PORT');
      this.postgres = await openPostgres({ ...this.partOptions(), port });
      this.refuseWhenStopping();
      await this.postgres.start();
    }
    for (const owner of databaseOwners) this.databases[owner] = await this.databaseOf(owner);
  }

  /**
   * The owner's own URL if one is set, else its database on the server in use, created if needed.
   */
  private async databaseOf(owner: string): Promise<string> {
    const own = this.servers.databaseUrls[owner];
    if (own !== undefined) return own;
    const server = this.servers.databaseServer ?? this.postgres!.url('postgres');
    await ensureDatabase(server, databaseName(owner));
    return databaseUrl(server, databaseName(owner));
  }

  private async startKafka(): Promise<void> {
    if (this.servers.kafkaBrokers) return reachBrokers(this.servers.kafkaBrokers);
    const port = await this.claim({ name: 'kafka', port: 9092 }, 'KAFKA_PORT');
    this.kafka = await openKafka({ ...this.partOptions(), brokers: this.options.brokers, port });
    this.refuseWhenStopping();
    await this.kafka.start();
  }

  private async openService(service: string, number: number): Promise<void> {
    const known = knownServices.find(({ name }) => name === service);
    const port =
      known && number === 1
        ? await this.claim({ name: service, port: known.port }, known.portVariable)
        : await this.ports.claimAny();
    const env = serviceEnvironment(service, {
      base: this.env,
      secrets: readOrCreateSecrets(this.home),
      kafkaBrokers: this.brokers(),
      replicationFactor: this.kafka?.brokers.length,
      postgres: this.databases,
      paymentSandboxUrl: this.sandbox?.url,
      modelServerUrls: this.modelServers.map(({ url }) => url),
      mailOutbox: homePaths(this.home).mails,
    });
    const name = number === 1 ? service : `${service}-${number}`;
    const line = (text: string) => this.options.serviceLine?.(name, text);
    const handle = openService(this.home, { ...this.partOptions(), line }, { service, number, port, env });
    this.services.push({ service, url: `http://127.0.0.1:${port}`, handle });
    this.refuseWhenStopping();
  }

  /** Reserves the address of the sandbox, unless a payment provider is set: the wallet needs it. */
  private async reserveSandbox(): Promise<void> {
    const port = await this.claim(paymentSandbox, paymentSandbox.portVariable);
    this.sandbox = { port, url: `http://127.0.0.1:${port}` };
  }

  /** Opens the providers' servers of a development machine, which the gateway sends requests to. */
  private async openModelServers(): Promise<void> {
    for (const { name, portVariable, port: wanted } of modelServers) {
      const port = await this.claim({ name, port: wanted }, portVariable);
      const line = (text: string) => this.options.serviceLine?.(name, text);
      const handle = openModelServer(this.home, { ...this.partOptions(), line }, name, port);
      this.modelServers.push({ url: `http://127.0.0.1:${port}`, handle });
    }
  }

  private openSandbox(): void {
    const wallet = this.services.find(({ service }) => service === 'wallet');
    if (!this.sandbox || !wallet) return;
    const line = (text: string) => this.options.serviceLine?.(paymentSandbox.name, text);
    this.sandbox.handle = openPaymentSandbox(
      this.home,
      { ...this.partOptions(), line },
      {
        port: this.sandbox.port,
        webhookUrl: `${wallet.url}/v1/payment-webhooks`,
        webhookSecret: readOrCreateSecrets(this.home).paymentWebhookSecret,
      },
    );
  }

  /**
   * The port set by a variable, else the default or a replacement; any free one if the caller wants
   * that.
   */
  private async claim(wish: { readonly name: string; readonly port: number }, variable: string): Promise<number> {
    if (this.options.ports === 'free') return this.ports.claimAny();
    const set = this.env[variable];
    if (!set) return this.ports.claim(wish, this.options.say);
    const port = Number(set);
    if (!/^\d+$/.test(set) || port < 1 || port > 65_535)
      throw new Error(`${variable} must be a port from 1 to 65535, not "${set}".`);
    return this.ports.claim({ ...wish, port, setBy: variable }, this.options.say);
  }

  private brokers(): readonly string[] {
    return this.servers.kafkaBrokers ?? this.kafka?.brokers ?? [];
  }

  private parts(): PartHandle[] {
    const infra = [this.postgres, this.kafka, ...(this.kafka?.nodes ?? [])].filter((part) => part !== undefined);
    return [...infra, ...this.programs()];
  }

  /** Parts that run with node. */
  private programs(): PartHandle[] {
    const started = [...this.services, ...this.modelServers].map(({ handle }) => handle);
    return this.sandbox?.handle ? [...started, this.sandbox.handle] : started;
  }

  private partOptions(): PartOptions {
    return { home: this.home, say: this.options.say, changed: () => this.changed() };
  }

  private changed(): void {
    recordProcesses(this.home, [...new Set(this.parts().flatMap((part) => part.records()))]);
    if (this.isReady) writeRunFile(this.home, this.run);
  }

  private refuseWhenStopping(): void {
    if (this.stopping) throw new Error('stopped before it was ready');
  }
}

interface RunningService {
  readonly service: string;
  readonly url: string;
  readonly handle: PartHandle;
}

/**
 * Services to run. Throws if a named one is not built, or instances are requested of one that does
 * not run.
 */
function selectServices({ services = 'all', instances = {} }: StackOptions): readonly string[] {
  const built = builtServices();
  const selected = services === 'all' ? built : services === 'none' ? [] : services;
  const missing = [
    ...selected.filter((name) => !built.includes(name)),
    ...Object.keys(instances).filter((name) => !selected.includes(name)),
  ];
  if (missing.length > 0)
    throw new Error(`No such service to run: ${missing[0]}; built are: ${built.join(', ') || 'none'}.`);
  return selected;
}

/** Waits for all, even after a failure, so that nothing runs while the failure is handled. */
async function allSettled(all: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(all)) if (outcome.status === 'rejected') throw outcome.reason;
}
