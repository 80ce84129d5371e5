import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'undici';
import { EndpointRefused, guardedConnector, guardedLookup, type Resolve } from './guarded-connector.ts';

let server: Server;
let port: number;
let reached = 0;
beforeAll(async () => {
  server = createServer((_, response) => {
    reached += 1;
    response.end('here');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise((closed) => server.close(closed)));

const v4 = (address: string) => ({ address, family: 4 });
/** A resolver that answers with each of these in turn, and then with the last one. */
function answering(...answers: readonly (readonly string[])[]) {
  const hosts: string[] = [];
  const resolve: Resolve = (host, _options, answer) => {
    const addresses = answers[Math.min(hosts.push(host), answers.length) - 1]!;
    answer(null, addresses.map(v4));
  };
  return { hosts, resolve };
}

/** Answer to a request, or the error's name. */
async function ask(host: string, allowed: readonly string[], resolve?: Resolve): Promise<string> {
  const pool = new Pool(`http://${host}:${port}`, { connect: guardedConnector(allowed, { timeout: 2000 }, resolve) });
  try {
    const { body } = await pool.request({ path: '/', method: 'GET' });
    return await body.text();
  } catch (error) {
    return error instanceof EndpointRefused ? error.message : String(error);
  } finally {
    await pool.destroy();
  }
}
const refusal = (host: string) => `the endpoint leads to an address that is not public: ${host}`;

describe('a connection', () => {
  it('goes to an allowed origin, wherever it is, and to no other port or name', async () => {
    const { resolve } = answering(['127.0.0.1']);
    expect(await ask('model.example', [`http://model.example:${port}`], resolve)).toBe('here');
    expect(await ask('127.0.0.1', [`http://127.0.0.1:${port}`])).toBe('here');
    expect(await ask('model.example', ['*'], resolve)).toBe('here');
    const others = [`https://model.example:${port}`, 'http://model.example', `http://127.0.0.1:${port}`];
    expect(await ask('model.example', others, resolve)).toBe(refusal('model.example'));
  });

  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])(
    'is refused to an internal address in the URL: %s',
    async (host) => {
      const before = reached;
      expect(await ask(host, [])).toMatch(/^the endpoint leads to an address that is not public/);
      expect(reached).toBe(before);
    },
  );

  it('is refused to a name of an internal address', async () => {
    const before = reached;
    expect(await ask('model.example', [], answering(['127.0.0.1']).resolve)).toBe(refusal('model.example'));
    expect(reached).toBe(before);
  });

  it('is refused to a name of which only one address is internal', async () => {
    const before = reached;
    expect(await ask('model.example', [], answering(['8.8.8.8', '127.0.0.1']).resolve)).toBe(refusal('model.example'));
    expect(reached).toBe(before);
  });

  it('is refused to a name without addresses', async () =>
    expect(await ask('model.example', [], answering([]).resolve)).toBe(refusal('model.example')));

  it('is refused once a name resolves to an internal address, though it was public before', async () => {
    const { hosts, resolve } = answering(['8.8.8.8'], ['127.0.0.1']);
    const look = guardedLookup(resolve);
    const looked = () =>
      new Promise((told) => look('model.example', { all: true }, (error, found) => told(error ?? found)));
    expect(await looked()).toEqual([v4('8.8.8.8')]);
    expect(await looked()).toEqual(new EndpointRefused('model.example'));
    expect(hosts).toHaveLength(2);
  });

  it('goes to the address that was checked: there is one look-up, and none after it', async () => {
    const { hosts, resolve } = answering(['127.0.0.1'], ['127.0.0.2']);
    expect(await ask('model.example', [`http://model.example:${port}`], resolve)).toBe('here');
    expect(hosts).toEqual(['model.example']);
  });

  it('tells a resolver’s error', async () => {
    const resolve: Resolve = (_host, _options, answer) =>
      answer(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }), []);
    expect(await ask('model.example', [], resolve)).toBe('Error: no such host');
  });
});
