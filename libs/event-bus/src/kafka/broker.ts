import { setTimeout as delay } from 'node:timers/promises';
import { LogUnavailable } from '@tokengrid/event-store';
import { BrokerConnection } from './broker-connection.ts';
import type { BrokerAddress, ConnectionSettings } from './broker-connection.ts';

/** What a logger of the service must offer; pino's does. */
export interface LogWarnings {
  warn(details: object, message: string): void;
}

const firstBackOffMs = 20;
/** Short, because what waits for a broker to come back is a caller who waits for an answer. */
const maxBackOffMs = 250;
/** Idle connections for reading that are kept; more than that many readers at once are rare. */
const maxIdleConnections = 32;

/**
 * A broker's connections: one that all requests share which are answered at once, and one per reader for those that wait
 * at the broker. Attempts to connect to a broker that is away are spaced.
 */
export class Broker {
  private shared: BrokerConnection | undefined;
  private connecting: Promise<BrokerConnection> | undefined;
  private readonly idle: BrokerConnection[] = [];
  private readonly open = new Set<BrokerConnection>();
  private readonly closing = new AbortController();
  private failures = 0;
  private failedAt = 0;

  constructor(
    readonly address: BrokerAddress,
    private readonly settings: ConnectionSettings,
    private readonly logger: LogWarnings | undefined,
  ) {}

  /** Whether the last attempt to connect failed. */
  get isAway(): boolean {
    return this.failures > 0;
  }

  /** The shared connection, opened if need be. @throws LogUnavailable */
  async connection(): Promise<BrokerConnection> {
    if (this.shared?.isOpen) return this.shared;
    if (this.shared !== undefined) this.lost(this.shared);
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    this.shared = await this.connecting;
    return this.shared;
  }

  /** A connection for the caller alone, to be given back. @throws LogUnavailable */
  async lease(): Promise<BrokerConnection> {
    for (let idle = this.idle.pop(); idle !== undefined; idle = this.idle.pop()) if (idle.isOpen) return idle;
    return this.connect();
  }

  /** Gives back a leased connection on which nothing is under way. */
  release(connection: BrokerConnection): void {
    if (connection.isOpen && this.idle.length < maxIdleConnections) return void this.idle.push(connection);
    if (!connection.isOpen) this.lost(connection);
    this.drop(connection);
  }

  /** Closes a leased connection on which something is under way that nobody wants any more. */
  drop(connection: BrokerConnection): void {
    this.open.delete(connection);
    connection.close();
  }

  close(): void {
    this.closing.abort();
    for (const connection of this.open) connection.close();
    this.open.clear();
  }

  /**
   * When a connection went without our doing, those that lie idle may be as dead, only that nobody has asked them anything: each would
   * cost a whole time-out to find out.
   */
  private lost(connection: BrokerConnection): void {
    if (!this.open.delete(connection)) return;
    for (const idle of this.idle.splice(0)) this.drop(idle);
  }

  /**
   * One connection gave no answer in time: what swallowed it has swallowed the others. All are closed, so that what waits on them is tried
   * again at once, over new ones.
   */
  private silent(): void {
    this.shared = undefined;
    this.idle.length = 0;
    const open = [...this.open];
    this.open.clear();
    for (const connection of open) connection.close();
  }

  private async connect(): Promise<BrokerConnection> {
    await this.waitForNextAttempt();
    try {
      const connection = await BrokerConnection.open(this.address, this.settings, () => this.silent());
      for (const open of this.open) if (!open.isOpen) this.lost(open);
      this.open.add(connection);
      if (this.closing.signal.aborted) this.close();
      if (this.failures > 0) this.logger?.warn({ broker: this.address, attempts: this.failures }, 'Kafka is back');
      this.failures = 0;
      return connection;
    } catch (error) {
      this.failedAt = performance.now();
      if (this.failures++ === 0) this.logger?.warn({ broker: this.address, error }, 'Kafka is away');
      throw error;
    }
  }

  private async waitForNextAttempt(): Promise<void> {
    const { signal } = this.closing;
    const backOffMs = this.failures === 0 ? 0 : Math.min(firstBackOffMs * 2 ** (this.failures - 1), maxBackOffMs);
    const waitMs = Math.ceil(this.failedAt + backOffMs - performance.now());
    if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new LogUnavailable('the log was closed');
  }
}
