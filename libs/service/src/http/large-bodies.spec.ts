import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, told } from '../specimen/call.ts';
import type { Specimen } from '../specimen/run-jars.ts';
import { operatorApiKey, runJars } from '../specimen/run-jars.ts';

const mebibyte = 2 ** 20;
const tooLarge = { status: 413, code: 'PAYLOAD_TOO_LARGE', detail: "the body exceeds this route's limit" };

let jars: Specimen;
beforeAll(async () => {
  jars = await runJars();
});
afterAll(() => jars.close());

const memoOf = (bytes: number) => JSON.stringify({ tokens: '1', memo: 'm'.repeat(bytes - 24) });

/** Sends bytes as long as the socket takes them; resolves with the answer. */
async function sendAll(head: string, chunk: Buffer, times: number): Promise<{ answer: string; cut: boolean }> {
  const socket = connect(Number(new URL(jars.url).port), '127.0.0.1').setMaxListeners(0);
  let answer = '';
  let cut = false;
  socket.setEncoding('utf8').on('data', (data: string) => (answer += data));
  socket.on('error', () => (cut = true));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(head);
  for (let sent = 0; sent < times && !socket.destroyed && socket.writable; sent++) {
    if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
  }
  await closed;
  return { answer, cut };
}

describe('a body', () => {
  it('of 1 MiB is read, and one byte more is 413', async () => {
    const exact = memoOf(mebibyte);
    expect(exact.length).toBe(mebibyte);
    const path = `${jars.url}/v1/jars/a/fillings`;
    expect((await call(path, 'POST', exact)).body['errors']).toEqual([
      { pointer: '/memo', detail: expect.any(String) },
    ]);
    expect(told(await call(path, 'POST', `${exact} `))).toEqual(tooLarge);
  });

  it('of a batch may have 8 MiB, and not one byte more', async () => {
    const frame = JSON.stringify({ notes: [''] }).length;
    const exact = JSON.stringify({ notes: ['n'.repeat(8 * mebibyte - frame)] });
    const path = `${jars.url}/v1/notes:batch`;
    expect((await call(path, 'POST', exact)).body).toEqual({ count: 1 });
    expect(told(await call(path, 'POST', `${exact} `))).toEqual(tooLarge);
  });
});

describe('a body of 20 MB', () => {
  const body = 'x'.repeat(20_000_000);

  it('sent by fetch with its length gets to read the 413', async () => {
    expect(told(await call(`${jars.url}/v1/jars/a/fillings`, 'POST', body))).toEqual(tooLarge);
  });

  it('streamed by fetch in chunks gets to read the 413', async () => {
    const response = await fetch(`${jars.url}/v1/jars/a/fillings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorApiKey}`, 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(await response.json()).toMatchObject(tooLarge);
  });

  it.each([
    ['with its length', []],
    ['with its length, without waiting for leave', ['-H', 'Expect:']],
    ['in chunks', ['-H', 'Transfer-Encoding: chunked']],
    ['in chunks, without waiting for leave', ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect:']],
  ])('sent by curl %s gets to read the 413', async (_how, options) => {
    const folder = await mkdtemp(join(tmpdir(), 'tokengrid-body-'));
    try {
      await writeFile(join(folder, 'body'), body);
      const curl = await promisify(execFile)('curl', [
        ...['-sS', '--max-time', '20', '-w', '\n%{http_code}', '-X', 'POST', `${jars.url}/v1/jars/a/fillings`],
        ...['-H', `Authorization: Bearer ${operatorApiKey}`, '-H', 'Content-Type: application/json'],
        ...['--data-binary', `@${join(folder, 'body')}`, ...options],
      ]);
      const [answer, status] = curl.stdout.split('\n');
      expect([status, JSON.parse(answer!)]).toEqual(['413', expect.objectContaining(tooLarge)]);
      expect(curl.stderr).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('without a good key is 401, which can be read as well', async () => {
    const answered = await call(`${jars.url}/v1/jars/a/fillings`, 'POST', body, { authorization: 'Bearer nobody' });
    expect(answered.status).toBe(401);
  });

  it('to an unknown route is 404, which can be read as well', async () => {
    expect((await call(`${jars.url}/nope`, 'POST', body)).status).toBe(404);
  });

  it('that is sent to its end by a client that reads only then is answered without a reset', async () => {
    const length = 20_000_000;
    const head =
      `POST /v1/jars/a/fillings HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${operatorApiKey}\r\n` +
      `content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    const { answer, cut } = await sendAll(head, Buffer.alloc(100_000, 'x'), 200);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/"code":"PAYLOAD_TOO_LARGE"/);
    expect(answer).toMatch(/connection: close/i);
    expect(cut).toBe(false);
  });
});

it('a body without end is cut off once the client has had its answer and enough has been thrown away', async () => {
  const head =
    `POST /v1/jars/a/fillings HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${operatorApiKey}\r\n` +
    `content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
  const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(mebibyte, 'x'), Buffer.from('\r\n')]);
  const { answer } = await sendAll(head, chunk, 10_000);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

it('the service still answers after all of that', async () => {
  expect((await call(`${jars.url}/health/live`)).status).toBe(200);
});
