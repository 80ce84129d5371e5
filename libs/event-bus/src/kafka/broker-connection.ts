import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { LogUnavailable } from '@tokengrid/event-store';
import { within } from '../deadline.ts';
import { Connection, requests } from './kafkajs.ts';
import { LateRequests } from './late-requests.ts';
import type { ConnectionLogger, ProtocolRequest, SASLOptions } from './kafkajs.ts';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

export interface ConnectionSettings {
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  /** Time limit until the first request can be sent: TCP, TLS, versions, SASL. */
  readonly connectionTimeoutMs: number;
  readonly ssl: ConnectionOptions | undefined;
  readonly sasl: SASLOptions | undefined;
}

/** A kind of request, in the version used. */
export interface Api {
  readonly key: number;
  readonly name: string;
  readonly version: number;
}

/** Versions in use, all supported by Kafka 2.3 to 4.x. */
export const apis = {
  produce: { key: 0, name: 'Produce', version: 7 },
  fetch: { key: 1, name: 'Fetch', version: 11 },
  listOffsets: { key: 2, name: 'ListOffsets', version: 3 },
  metadata: { key: 3, name: 'Metadata', version: 6 },
  apiVersions: { key: 18, name: 'ApiVersions', version: 2 },
  createTopics: { key: 19, name: 'CreateTopics', version: 3 },
} as const satisfies Record<string, Api>;

const saslAuthenticate = 36;
const keepAliveDelayMs = 5000;
/** Name of a time-out in kafkajs. */
const noAnswerInTime = 'KafkaJSRequestTimeoutError';

/**
 * One connection to one broker for its whole life; it is never reopened. Kafka answers a
 * connection's requests in order, so a request that waits at the broker delays all later ones.
 * Every error is a `LogUnavailable`; a request that is not answered in time closes the connection.
 */
export class BrokerConnection {
  private readonly connection: Connection;
  private readonly late: LateRequests;
  private isClosed = false;

  private constructor(
    private readonly address: BrokerAddress,
    private readonly settings: ConnectionSettings,
    /** Called if a request was not answered in time. */
    private readonly fellSilent: (connection: BrokerConnection) => void,
  ) {
    this.connection = new Connection({
      ...address,
      clientId: settings.clientId,
      logger: silent,
      socketFactory: openSocket,
      requestTimeout: settings.requestTimeoutMs,
      connectionTimeout: settings.connectionTimeoutMs,
      ssl: settings.ssl ?? null,
      sasl: settings.sasl ?? null,
    });
    avoidIdleTimers(this.connection);
    this.late = new LateRequests(this.connection.requestQueue);
  }

  /**
   * @param fellSilent called if a request was not answered in time
   * @throws LogUnavailable
   */
  static async open(
    address: BrokerAddress,
    settings: ConnectionSettings,
    fellSilent: (connection: BrokerConnection) => void,
  ): Promise<BrokerConnection> {
    const connection = new BrokerConnection(address, settings, fellSilent);
    try {
      await within(settings.connectionTimeoutMs, connection.negotiate(), 'no connection in time');
      return connection;
    } catch (cause) {
      throw connection.failed(cause);
    }
  }

  get isOpen(): boolean {
    const { socket } = this.connection;
    // kafkajs still reports a connection as connected for a moment after the broker has closed it.
    return !this.isClosed && this.connection.isConnected() && socket?.readableEnded === false && !socket.destroyed;
  }

  /**
   * Sends a kafkajs request and returns its decoded answer; error codes in it are left to the
   * caller.
   */
  async send<Answer>({ request, response }: ProtocolRequest): Promise<Answer> {
    try {
      const unchecked = { decode: response.decode, parse: async (decoded: unknown) => decoded };
      return (await this.connection.send({ request, response: unchecked })) as Answer;
    } catch (cause) {
      throw this.failed(cause);
    }
  }

  /**
   * Sends a request with our own encoding and returns the body of the answer. The pieces go to the
   * socket uncopied.
   * @param waitMs time that the broker may wait before it answers, beside the time limit of any
   * request
   */
  async request(api: Api, body: readonly Buffer[], waitMs = 0): Promise<Buffer> {
    const connection = this.connection;
    try {
      if (this.settings.sasl !== undefined && !connection.isAuthenticated()) await connection.authenticate();
      if (!this.isOpen) throw new Error('not connected');
      const { payload } = await new Promise<{ payload: Buffer }>((resolve, reject) => {
        const correlationId = connection.nextCorrelationId();
        connection.requestQueue.push({
          entry: { apiKey: api.key, apiName: api.name, apiVersion: api.version, correlationId, resolve, reject },
          expectResponse: true,
          requestTimeout: this.settings.requestTimeoutMs + waitMs,
          sendRequest: () => this.write([this.header(api, correlationId, body), ...body]),
        });
      });
      return payload;
    } catch (cause) {
      throw this.failed(cause);
    }
  }

  /** Makes sure that the broker answers. @throws LogUnavailable */
  async check(): Promise<void> {
    await this.send(requests.ApiVersions.protocol({ version: apis.apiVersions.version })());
  }

  /** Delays further requests for as long as the broker's quota asks. */
  throttle(milliseconds: number): void {
    this.connection.requestQueue.maybeThrottle(milliseconds);
  }

  /** Closes at once; running requests reject. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.late.stop();
    const connection = this.connection;
    connection.requestQueue.rejectAll(new Error('the connection is closed'));
    void connection.disconnect();
    connection.socket?.destroy();
  }

  private async negotiate(): Promise<void> {
    await this.connection.connect();
    const apiVersions = requests.ApiVersions.protocol({ version: apis.apiVersions.version })();
    const answer = (await this.connection.send(apiVersions)) as {
      readonly apiVersions: readonly { apiKey: number; minVersion: number; maxVersion: number }[];
    };
    const offered = Object.fromEntries(answer.apiVersions.map((range) => [range.apiKey, range]));
    for (const api of Object.values(apis)) {
      const range = offered[api.key];
      if (range === undefined || range.minVersion > api.version || range.maxVersion < api.version)
        throw new Error(
          `the broker does not support version ${api.version} of ${api.name}; Kafka 2.3 or later is required`,
        );
    }
    this.connection.setVersions(offered);
    this.connection.setSupportAuthenticationProtocol(saslAuthenticate in offered);
    await this.connection.authenticate();
  }

  private header(api: Api, correlationId: number, body: readonly Buffer[]): Buffer {
    const { clientId } = this.settings;
    const clientIdLength = Buffer.byteLength(clientId);
    const header = Buffer.allocUnsafe(14 + clientIdLength);
    const size = body.reduce((sum, piece) => sum + piece.length, header.length - 4);
    header.writeInt32BE(size, 0);
    header.writeInt16BE(api.key, 4);
    header.writeInt16BE(api.version, 6);
    header.writeInt32BE(correlationId, 8);
    header.writeInt16BE(clientIdLength, 12);
    header.write(clientId, 14);
    return header;
  }

  private write(pieces: readonly Buffer[]): void {
    const socket = this.connection.socket!;
    socket.cork();
    for (const piece of pieces) socket.write(piece);
    socket.uncork();
  }

  /** Gives the connection up: after an error its state is unknown, and a late answer may come. */
  private failed(cause: unknown): LogUnavailable {
    const isSilent = cause instanceof Error && cause.name === noAnswerInTime && !this.isClosed;
    this.close();
    if (isSilent) this.fellSilent(this);
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new LogUnavailable(`Kafka at ${this.address.host}:${this.address.port}: ${reason}`, { cause });
  }
}

/**
 * Avoids a timer that kafkajs sets after every answer to look for requests delayed by a quota: it
 * is set even if there are none, and then for a negative time, of which Node warns.
 */
function avoidIdleTimers({ requestQueue }: Connection): void {
  const schedule = requestQueue.scheduleCheckPendingRequests.bind(requestQueue);
  requestQueue.scheduleCheckPendingRequests = () => {
    if (requestQueue.pending.length > 0) schedule();
  };
}

/** Socket without Nagle's delay, which would cost an append of one event up to 40 ms. */
function openSocket(options: BrokerAddress & { ssl: ConnectionOptions | null; onConnect: () => void }): Socket {
  const { host, port, ssl, onConnect } = options;
  const common = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs };
  if (ssl === null) return connectTcp(common, onConnect);
  const socket = connectTls({ ...common, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect);
  socket.setNoDelay(true);
  return socket;
}

/**
 * Silences kafkajs, which logs each attempt of a broken connection; `Broker` reports the break and
 * the return once each.
 */
const silent: ConnectionLogger = {
  namespace: () => silent,
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
