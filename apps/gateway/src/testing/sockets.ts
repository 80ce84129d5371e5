import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { until } from '@tokengrid/service/testing';
import type { AppServer } from './app-server.ts';

/** Suffix of a key that a server proves its consent by (RFC 6455, 1.3). */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A WebSocket as an app has it: a connection, whose bytes a spec sends and reads. */
export interface AppSocket {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** Bytes that came. */
  text(): string;
  isClosed(): boolean;
}

/** Takes WebSockets at an app, without a look into their frames. */
export function takeSockets(server: AppServer, more = ''): AppSocket[] {
  const taken: AppSocket[] = [];
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${magic}`).digest('base64');
    const [chunks, state] = [[] as Buffer[], { isClosed: false }];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => (state.isClosed = true));
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accept}\r\n${more}\r\n`,
    );
    taken.push({
      request,
      socket,
      text: () => Buffer.concat(chunks).toString('latin1'),
      isClosed: () => state.isClosed,
    });
  });
  return taken;
}

/** Answers each short frame of a caller with the same text, as a server of WebSockets does. */
export const echoFrames = ({ socket }: AppSocket): void =>
  void socket.on('data', (frame: Buffer) => {
    const length = frame[1]! & 0x7f;
    const mask = frame.subarray(2, 6);
    const text = frame.subarray(6, 6 + length).map((byte, index) => byte ^ mask[index % 4]!);
    socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
  });

/** A caller's end of a WebSocket: a connection, whose bytes a spec sends and reads. */
export class CallerSocket {
  private readonly chunks: Buffer[] = [];
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => this.chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isClosed = true));
  }

  /**
   * Asks for a WebSocket.
   * @param first bytes that are sent right after the request
   * @param isHalfOpen true: its side stays open after the end of the other one
   */
  static ask(
    url: string,
    path: string,
    secret: string,
    { headers = '', first = '', isHalfOpen = false } = {},
  ): CallerSocket {
    const { port, host } = new URL(url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: isHalfOpen });
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${secret}\r\nconnection: Upgrade\r\n` +
        `upgrade: WebSocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n${headers}\r\n${first}`,
      'latin1',
    );
    return new CallerSocket(socket);
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }

  /** Resolves once some text has come. */
  has(text: string): Promise<true> {
    return until(() => Promise.resolve(this.text.includes(text)));
  }

  closed(): Promise<true> {
    return until(() => Promise.resolve(this.isClosed));
  }
}
