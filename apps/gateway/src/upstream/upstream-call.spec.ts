import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '@tokengrid/service/testing';
import { buildConnector } from 'undici';
import { type CallLimits, UpstreamStalled } from './upstream-call.ts';
import { UpstreamBusy, Upstreams } from './upstreams.ts';

let server: Server;
let upstreams: Upstreams;

const open = async (listener: RequestListener, mostCallsPerOrigin = 10) => {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  upstreams = new Upstreams(buildConnector({}), { mostCallsPerOrigin, mostOrigins: 2 });
};
const call = (limits: Partial<CallLimits> = {}, path = '/x') =>
  upstreams.call({
    ...{ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/?key=a`, path },
    ...{ headers: {}, body: 'body', firstByteMs: 5000, stallMs: 5000, ...limits },
  });

afterEach(async () => {
  await upstreams.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a call to an upstream', () => {
  it('goes to the path below its endpoint, and has its answer in parts', async () => {
    const urls: string[] = [];
    await open((request, response) => {
      urls.push(`${request.method} ${request.url}`);
      response.writeHead(201, { 'x-a': 'b' }).write('one');
      response.end('two');
    });
    const one = call();
    expect(await one.head).toMatchObject({ status: 201, headers: { 'x-a': 'b' } });
    let text = '';
    for (let part = await one.next(); part; part = await one.next()) text += part.toString();
    expect([text, urls]).toEqual(['onetwo', ['POST /v1/x?key=a']]);
  });

  it('follows no redirect', async () => {
    await open((_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end());
    expect((await call().head).status).toBe(302);
  });

  it('fails if no answer begins in time, or if it stalls', async () => {
    await open((request, response) => {
      if (request.url!.startsWith('/v1/stalls')) response.write('one');
    });
    await expect(call({ firstByteMs: 50 }).head).rejects.toThrow(UpstreamStalled);
    const stalls = call({ stallMs: 50 }, '/stalls');
    await stalls.head;
    expect(String(await stalls.next())).toBe('one');
    stalls.hasFirst();
    await expect(stalls.next()).rejects.toThrow(UpstreamStalled);
  });

  it('pauses the upstream while nobody reads, and is not late by that', async () => {
    let written = 0;
    await open((_request, response) => {
      const part = Buffer.alloc(65_536);
      const more = () => {
        while (written < 1000 * part.length && response.write(part)) written += part.length;
      };
      response.on('drain', more);
      more();
    });
    const slow = call({ stallMs: 50 });
    await slow.head;
    await slow.next();
    slow.hasFirst();
    let before = -1;
    // The kernel's buffers are full once no more is written between two looks.
    await until(() => {
      const isStill = before === written;
      before = written;
      return Promise.resolve(isStill);
    });
    expect(written).toBeLessThan(32 * 2 ** 20);
    expect((await slow.next())!.length).toBeGreaterThan(0);
    slow.abort(new Error('enough'));
    await expect(slow.next()).rejects.toThrow('enough');
  });

  it('closes the connection at once when it is aborted', async () => {
    let closedAt = 0;
    await open((request, response) => {
      request.socket.once('close', () => (closedAt = performance.now()));
      response.write('one');
    });
    const one = call();
    await one.head;
    const abortedAt = performance.now();
    one.abort(new Error('gone'));
    await until(() => Promise.resolve(closedAt > 0));
    expect(closedAt - abortedAt).toBeLessThan(100);
  });

  it('is refused beyond the maximum of its origin, and admitted after another is over', async () => {
    await open((_request, response) => response.end('ok'), 1);
    const one = call();
    expect(() => call()).toThrow(UpstreamBusy);
    await one.head;
    await one.next();
    await until(async () => (await one.next()) === undefined);
    expect((await call().head).status).toBe(200);
  });

  it('fails for headers that are too large', async () => {
    await open((_request, response) => response.writeHead(200, { 'x-large': 'a'.repeat(100_000) }).end());
    await expect(call().head).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_OVERFLOW' });
  });

  it('may use its connection again if the end comes soon after it was left', async () => {
    const ports = new Set<number | undefined>();
    await open((request, response) => {
      ports.add(request.socket.remotePort);
      response.write('one');
      setImmediate(() => response.end('rest'));
    });
    for (let times = 0; times < 6; times++) {
      const one = call();
      await one.head;
      await one.next();
      one.leave();
      await until(() => Promise.resolve(one.isOver));
    }
    // A connection is free a moment after its answer has ended.
    expect(ports.size).toBeLessThan(4);
  });
});
