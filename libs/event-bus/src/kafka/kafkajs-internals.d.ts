/** Types for the parts of kafkajs 2.2.4 that `kafkajs.ts` uses and that have none. */

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';
  import type { ConnectionOptions } from 'node:tls';
  import type { SASLOptions, Mechanism } from 'kafkajs';

  export interface ConnectionLogger {
    namespace(name: string): ConnectionLogger;
    error(message: string, details?: object): void;
    warn(message: string, details?: object): void;
    info(message: string, details?: object): void;
    debug(message: string, details?: object): void;
  }

  export interface RequestEntry {
    readonly apiKey: number;
    readonly apiName: string;
    readonly apiVersion: number;
    readonly correlationId: number;
    resolve(response: { readonly payload: Buffer }): void;
    reject(error: Error): void;
  }

  export interface ProtocolRequest {
    readonly request: { readonly apiKey: number; readonly apiName: string; readonly apiVersion: number };
    readonly response: { decode(payload: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
  }

  export default class Connection {
    constructor(options: {
      readonly host: string;
      readonly port: number;
      readonly clientId: string;
      readonly logger: ConnectionLogger;
      readonly socketFactory: (options: {
        readonly host: string;
        readonly port: number;
        readonly ssl: ConnectionOptions | null;
        readonly onConnect: () => void;
      }) => Socket;
      readonly requestTimeout: number;
      readonly connectionTimeout: number;
      readonly ssl: ConnectionOptions | null;
      readonly sasl: SASLOptions | Mechanism | null;
    });
    readonly socket: Socket | undefined;
    readonly requestQueue: {
      push(request: {
        readonly entry: RequestEntry;
        readonly expectResponse: boolean;
        readonly requestTimeout?: number;
        readonly sendRequest: () => void;
      }): void;
      rejectAll(error: Error): void;
      maybeThrottle(milliseconds: number): void;
      readonly pending: readonly unknown[];
      /** Time limit of requests without one of their own, and the minimum; milliseconds. */
      readonly requestTimeout: number;
      readonly inflight: ReadonlyMap<
        number,
        { readonly sentAt: number | null; readonly requestTimeout: number; timeoutRequest(): void }
      >;
      scheduleRequestTimeoutCheck(): void;
      scheduleCheckPendingRequests(): void;
    };
    connect(): Promise<true>;
    disconnect(): Promise<true>;
    isConnected(): boolean;
    isAuthenticated(): boolean;
    authenticate(): Promise<void>;
    setVersions(versions: ApiVersions): void;
    setSupportAuthenticationProtocol(isSupported: boolean): void;
    nextCorrelationId(): number;
    send(request: ProtocolRequest): Promise<unknown>;
  }

  export type ApiVersions = Record<number, { readonly minVersion: number; readonly maxVersion: number }>;
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  import type { ProtocolRequest } from 'kafkajs/src/network/connection.js';

  interface Definition<Options> {
    protocol(options: { readonly version: number }): (options: Options) => ProtocolRequest;
  }

  const definitions: {
    readonly requests: {
      readonly ApiVersions: Definition<void>;
      readonly Metadata: Definition<{ readonly topics: readonly string[]; readonly allowAutoTopicCreation: boolean }>;
      readonly ListOffsets: Definition<{
        readonly isolationLevel: number;
        readonly topics: readonly {
          readonly topic: string;
          readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
        }[];
      }>;
      readonly CreateTopics: Definition<{
        readonly timeout: number;
        readonly validateOnly: boolean;
        readonly topics: readonly {
          readonly topic: string;
          readonly numPartitions: number;
          readonly replicationFactor: number;
          readonly configEntries: readonly { readonly name: string; readonly value: string }[];
        }[];
      }>;
    };
  };
  export default definitions;
}

declare module 'kafkajs/src/protocol/error.js' {
  const errors: {
    createErrorFromCode(code: number): Error & { readonly type: string; readonly retriable: boolean };
  };
  export default errors;
}
