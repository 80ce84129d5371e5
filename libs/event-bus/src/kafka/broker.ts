import { setTimeout as delay } from 'node:timers/promises';
import { LogUnavailable, untilBeat } from '@tokengrid/event-store';
import { BrokerConnection } from './broker-connection.ts';
import type { BrokerAddress, ConnectionSettings } from './broker-connection.ts';

/** Part of a logger that the log needs; pino's has it. */
export interface LogWarnings {
  warn(details: object, message: string): void;
}

const firstBackOffMs = 20;
/** Short, because callers wait for their answers while the broker is unreachable. */
const maxBackOffMs = 250;
/** Maximum number of idle connections kept for reading; more concurrent readers are rare. */
const maxIdleConnections = 32;
/**
 * Interval of checks that a broker still answers while readers wait at it. Together with a
 * request's time limit, the time to notice a silent broker: below 7 s.
 */
const checkEveryMs = 3000;

/**
 * Connections to one broker: one shared by all requests that are answered at once, and one per
 * reader for those that wait at the broker. Attempts to reach an unreachable broker are spaced.
 *
 * Readers may wait at the broker for as long as they like: one small request at intervals, for all
 * of them, tells whether it still answers.
 */
export class Broker {
  private shared: BrokerConnection | undefined;
  private connecting: Promise<BrokerConnection> | undefined;
  private readonly idle: BrokerConnection[] = [];
  /** Connections of running readers. */
  private readonly leased = new Set<BrokerConnection>();
  private checkTimer: NodeJS.Timeout | undefined;
  private readonly open = new Set<BrokerConnection>();
  private readonly closing = new AbortController();
  private failures = 0;
  private failedAt = 0;

  constructor(
    readonly address: BrokerAddress,
    private readonly settings: ConnectionSettings,
    private readonly logger: LogWarnings | undefined,
  ) {}

  /** True if the last attempt to connect failed. */
  get isAway(): boolean {
    return this.failures > 0;
  }

  /** Shared connection, opened if needed. @throws LogUnavailable */
  async connection(): Promise<BrokerConnection> {
    if (this.shared?.isOpen) return this.shared;
    if (this.shared !== undefined) this.lost(this.shared);
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    this.shared = await this.connecting;
    return this.shared;
  }

  /** A connection for the caller alone, to be returned. @throws LogUnavailable */
  async lease(): Promise<BrokerConnection> {
    let connection = this.idle.pop();
    while (connection?.isOpen === false) connection = this.idle.pop();
    connection ??= await this.connect();
    this.leased.add(connection);
    this.checkLater();
    return connection;
  }

  /** Returns a leased connection without running requests. */
  release(connection: BrokerConnection): void {
    this.leased.delete(connection);
    if (connection.isOpen && this.idle.length < maxIdleConnections) return void this.idle.push(connection);
    if (!connection.isOpen) this.lost(connection);
    this.drop(connection);
  }

  /** Closes a leased connection whose running request is no longer wanted. */
  drop(connection: BrokerConnection): void {
    this.open.delete(connection);
    connection.close();
  }

  close(): void {
    this.closing.abort();
    clearTimeout(this.checkTimer);
    for (const connection of this.open) connection.close();
    this.open.clear();
  }

  /** Checks the broker later, if a reader waits at it then. */
  private checkLater(): void {
    if (this.closing.signal.aborted) return;
    this.checkTimer ??= setTimeout(() => {
      this.checkTimer = undefined;
      if (this.leased.size > 0) void this.check();
    }, untilBeat(checkEveryMs));
  }

  private async check(): Promise<void> {
    try {
      await (await this.connection()).check();
    } catch {
      // Its time limit has closed the connections; any other failure leaves waiting ones in doubt.
      this.silent();
    }
    if (this.leased.size > 0) this.checkLater();
  }

  /**
   * Handles a connection that broke by itself: idle ones may be as dead, and each would cost a
   * whole time-out to notice.
   */
  private lost(connection: BrokerConnection): void {
    if (!this.open.delete(connection)) return;
    for (const idle of this.idle.splice(0)) this.drop(idle);
  }

  /**
   * Handles a connection without an answer in time: its cause affects the others, too. All are
   * closed, so that waiting requests are retried at once over new ones.
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
    if (signal.aborted) throw new LogUnavailable('the log is closed');
  }
}
