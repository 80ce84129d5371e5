import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Script } from '@tokengrid/infra-local/testing';
import { until } from '@tokengrid/service/testing';
import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import { Unpayable } from '../../serving/purse.ts';
import { chunksOf, textOf, whole } from '../../testing/chat-chunks.ts';
import { readFlat } from '../../testing/held-memory.ts';
import { modelOfSpecs, type RunningPassing, runPassing } from '../../testing/run-passing.ts';

let running: RunningPassing;
beforeAll(async () => {
  running = await runPassing({ UPSTREAM_STALL_MS: '1500', STREAM_COMMENT_MS: '100' });
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => {
  running.reset();
  running.routes.routes = [running.route({ tokenizer: 'cl100k_base' })];
});

const secret = 'zebra quilt';
const messages = [{ role: 'user', content: `${secret} one two` }];
const inputUnits = countTokens(messages[0]!.content);
const chat = (directions: string, more: object = {}, signal?: AbortSignal) =>
  running.post(
    '/v1/chat/completions',
    { model: modelOfSpecs, messages, stream: true, ...more },
    { 'x-model-server': directions },
    signal,
  );

const data = (json: object) => `data: ${JSON.stringify(json)}\n\n`;
const said = (content: string, more: object = {}) =>
  data({ choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more });
const finished = data({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const usage = (stated: object) => data({ choices: [], usage: stated });
const done = 'data: [DONE]\n\n';
/** A stream of these bytes. */
const streamed =
  (...parts: readonly (string | Buffer)[]): Script =>
  async (response) => {
    begin(response);
    for (const part of parts) {
      response.write(part);
      // Parts arrive apart: each in a turn of its own.
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };
const begin = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });

/** The error in the last event of a stream. */
const errorIn = (text: string) =>
  (JSON.parse(text.trim().split('\n\n').at(-1)!.slice(6)) as { error: Record<string, unknown> }).error;

describe('a stream that breaks off is charged what was produced', () => {
  it.each([
    ['the upstream dies', 'units=50, dies-after=5'],
    ['the upstream stalls', 'units=50, stalls-after=5'],
    ['the upstream sends an error', 'units=50, fails-after=5'],
  ])('where %s after 5 units: the whole text is counted once', async (_, directions) => {
    const text = await (await chat(directions)).text();
    const written = textOf(chunksOf(text));
    expect(written.split(' ').length).toBe(5);
    expect(errorIn(text)).toMatchObject({ type: 'server_error', code: 'service_unavailable' });
    const { use } = await running.settled();
    expect(use!.delivery).toMatchObject({ end: 'upstream-failed', countedBy: 'tokenizer' });
    expect(whole(use!.units)).toEqual({ input_tokens: inputUnits, output_tokens: countTokens(written) });
    expect(running.routes.told.map(({ outcome }) => outcome.kind)).toEqual(['delivered']);
  });

  it('where the provider states running usage: the last one counts, and is not shown', async () => {
    running.routes.routes = [
      { ...running.route(), offer: { ...running.route().offer, hasRunningUsage: true } as never },
    ];
    const text = await (await chat('units=50, dies-after=7')).text();
    expect(chunksOf(text).filter(({ usage: shown }) => shown)).toEqual([]);
    const { use } = await running.settled();
    expect(use!.delivery).toMatchObject({ end: 'upstream-failed', countedBy: 'running-usage' });
    expect(whole(use!.units)).toEqual({ input_tokens: 4, output_tokens: 7 });
  });

  it('where the caller hangs up: the upstream is stopped within 100 ms', async () => {
    running.routes.routes = [
      { ...running.route(), offer: { ...running.route().offer, hasRunningUsage: true } as never },
    ];
    const leaving = new AbortController();
    const response = await chat('units=1000, unit-ms=5', {}, leaving.signal);
    const reader = response.body!.getReader();
    for (let chunks = 0; chunks < 5; chunks++) await reader.read();
    const left = performance.now();
    leaving.abort();
    const { use } = await running.settled();
    const [call] = running.server.calls;
    await until(() => Promise.resolve(call!.brokenAt !== undefined));
    expect(call!.brokenAt! - left).toBeLessThan(100);
    expect(use!.delivery).toMatchObject({ end: 'client-left', countedBy: 'running-usage' });
    const { output_tokens: charged } = whole(use!.units);
    expect(charged).toBeGreaterThan(2);
    // A unit may have been on its way.
    expect(call!.units - charged!).toBeLessThanOrEqual(2);
  });

  it('where tokens run out: it ends with the reason, and never costs more than there is', async () => {
    running.purse.available = 300n;
    const text = await (await chat('units=1000, unit-ms=1')).text();
    expect(errorIn(text)).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' });
    const { use } = await running.settled();
    expect(use!.delivery.end).toBe('cut-off');
    expect(running.purse.available).toBeGreaterThanOrEqual(0n);
  });

  it("where the slice is called back, and the use is another process' by then", async () => {
    running.purse.beforeFinish = () => Promise.reject(new Unpayable('unavailable', 'over'));
    const response = await chat('units=1000, unit-ms=5');
    const reader = response.body!.getReader();
    await reader.read();
    running.purse.opened[0]!.recall('suspended');
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += Buffer.from(part.value).toString();
    expect(errorIn(text)).toMatchObject({ code: 'permission_denied' });
  });

  it('where its use is not stored: no other offer serves it once more', async () => {
    running.routes.routes = [running.route(), running.route()];
    running.purse.beforeFinish = () => Promise.reject(new Unpayable('unavailable', 'over'));
    const text = await (await chat('units=3')).text();
    expect(textOf(chunksOf(text)).split(' ').length).toBe(3);
    expect(errorIn(text)).toMatchObject({ code: 'service_unavailable' });
    expect([running.server.calls.length, text.includes('[DONE]')]).toEqual([1, false]);
  });

  it('where the slice is called back', async () => {
    const response = await chat('units=1000, unit-ms=5');
    const reader = response.body!.getReader();
    await reader.read();
    running.purse.opened[0]!.recall('frozen');
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += Buffer.from(part.value).toString();
    expect(errorIn(text)).toMatchObject({ code: 'permission_denied' });
    expect((await running.settled()).use!.delivery.end).toBe('cut-off');
  });

  it('in each of its choices, as a whole', async () => {
    const text = await (await chat('units=6, dies-after=9', { n: 2 })).text();
    const choices = [0, 1].map((index) =>
      textOf(chunksOf(text).filter(({ choices: [choice] }) => choice?.index === index)),
    );
    expect(choices.map((choice) => choice.split(' ').length)).toEqual([6, 3]);
    const { use } = await running.settled();
    expect(whole(use!.units)['output_tokens']).toBe(countTokens(choices[0]!) + countTokens(choices[1]!));
  });

  it('with the calls of tools in it', async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } };
    const tools = [{ type: 'function', function: { name: 'forecast', parameters } }];
    await (await chat('dies-after=3', { tools })).text();
    const { use } = await running.settled();
    expect(whole(use!.units)['output_tokens']).toBeGreaterThan(4);
  });
});

describe('a stream', () => {
  it('without usage is counted by the tokenizer, once', async () => {
    const written = textOf(chunksOf(await (await chat('units=40, no-usage')).text()));
    const { use } = await running.settled();
    expect(use!.delivery).toMatchObject({ end: 'completed', countedBy: 'tokenizer' });
    expect(whole(use!.units)).toEqual({ input_tokens: inputUnits, output_tokens: countTokens(written) });
  });

  it('whose text has more units than were set aside is charged as far as that goes', async () => {
    running.purse.available = 400n;
    const part = 'a b c d e f g h i j k l';
    const parts = Array.from({ length: 30 }, () => said(part));
    running.server.answerBy(streamed(...parts, finished, done));
    await (await chat('')).text();
    const { use, flows } = await running.settled();
    expect(use!.delivery).toMatchObject({ end: 'completed', countedBy: 'tokenizer' });
    expect(whole(use!.units)['output_tokens']).toBe(30);
    expect(whole(flows.at(-1)!)['output_tokens']).toBe(countTokens(part.repeat(30)));
    expect(running.purse.available).toBeGreaterThanOrEqual(0n);
  });

  it.each([
    ['negative', { prompt_tokens: 4, completion_tokens: -2 }],
    ['broken', { prompt_tokens: 4, completion_tokens: 2.5 }],
    ['text', { prompt_tokens: '4', completion_tokens: '2' }],
    ['beyond all bounds', { prompt_tokens: 4, completion_tokens: 1e15 }],
    ['no object', 7],
  ])('with usage that is %s is counted', async (_, stated) => {
    running.server.answerBy(streamed(said('hello there'), finished, usage(stated as object), done));
    await (await chat('')).text();
    const { use } = await running.settled();
    expect([whole(use!.units)['output_tokens'], use!.delivery.countedBy]).toEqual([2, 'tokenizer']);
  });

  it('in which nothing is written costs nothing', async () => {
    expect(await (await chat('units=0')).text()).toMatch(/data: \[DONE\]\n\n$/);
    expect((await running.settled()).ended).toBe('dropped');
  });

  it('has its reasoning charged as output, as the provider states it', async () => {
    await (await chat('units=3', { reasoning_effort: 'low' })).text();
    expect(whole((await running.settled()).use!.units)['output_tokens']).toBe(11);
  });

  it('may be split anywhere: events over chunks, characters over bytes', async () => {
    const stated = usage({ prompt_tokens: 4, completion_tokens: 3 });
    const events = Buffer.from(said('grüße ') + ': comment\n\n' + said('世界') + said('😀') + finished);
    const all = Buffer.concat([events, Buffer.from(stated + done)]);
    running.server.answerBy(streamed(...[...all].map((byte) => Buffer.from([byte]))));
    const text = await (await chat('')).text();
    expect(textOf(chunksOf(text))).toBe('grüße 世界😀');
    expect(text.replace(': comment\n\n', '')).toBe(events.toString().replace(': comment\n\n', '') + done);
    expect(whole((await running.settled()).use!.units)).toEqual({ input_tokens: 4, output_tokens: 3 });
  });

  it('that does not say [DONE] is complete once the model says why it stopped', async () => {
    running.server.answerBy(streamed(said('hello'), finished));
    expect(await (await chat('')).text()).toMatch(/data: \[DONE\]\n\n$/);
    expect((await running.settled()).use!.delivery.end).toBe('completed');
  });

  it('that ends in the middle is broken', async () => {
    running.server.answerBy(streamed(said('hello')));
    expect(errorIn(await (await chat('')).text())).toMatchObject({ type: 'server_error' });
    expect((await running.settled()).use!.delivery.end).toBe('upstream-failed');
  });

  it('has comments before its first byte, and none after', async () => {
    const text = await (await chat('units=3, first-unit-ms=350, unit-ms=120')).text();
    expect(text).toMatch(/^(: waiting for the model\n\n)+data: /);
    expect(text.split('data: ').slice(1).join('')).not.toContain('waiting');
  });

  it('of hundreds of megabytes passes with flat memory', async () => {
    const [part, parts] = [said('word '.repeat(13_000)), 3000];
    running.server.answerBy(async (response) => {
      begin(response);
      for (let sent = 0; sent < parts; sent++)
        if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve));
      response.end(finished + usage({ prompt_tokens: 4, completion_tokens: 9 }) + done);
    });
    const { size, held } = await readFlat((await chat('')).body);
    expect(size).toBeGreaterThan(parts * 65_000);
    // Its text is kept up to 8 MiB, to be counted where the stream breaks off.
    expect(held).toBeLessThan(64 * 2 ** 20);
    expect(whole((await running.settled()).use!.units)).toEqual({ input_tokens: 4, output_tokens: 9 });
  }, 60_000);

  it('waits for a reader that does not read', async () => {
    let written = 0;
    const part = said('word '.repeat(13_000));
    running.server.answerBy(async (response) => {
      begin(response);
      const closed = new Promise((resolve) => response.once('close', resolve));
      while (!response.destroyed) {
        written += part.length;
        if (response.write(part)) continue;
        await Promise.race([closed, new Promise((resolve) => response.once('drain', resolve))]);
      }
    });
    const leaving = new AbortController();
    await chat('', {}, leaving.signal);
    let before = -1;
    await until(() => {
      const isStill = before === written;
      before = written;
      return Promise.resolve(isStill);
    });
    expect(written).toBeLessThan(64 * 2 ** 20);
    leaving.abort();
    expect((await running.settled()).use!.delivery.end).toBe('client-left');
  });

  it('leaves no prompt and no answer in the log', async () => {
    const written = textOf(chunksOf(await (await chat('units=9, dies-after=8')).text()));
    await running.settled();
    const log = running.logged.join('\n');
    expect([log.includes(secret), log.includes(written)]).toEqual([false, false]);
  });
});

describe('before the first byte', () => {
  const [failing, serving] = ['mod_00000000000000000000000001', 'mod_00000000000000000000000002'];
  beforeEach(() => {
    running.routes.routes = [running.route({ offerId: failing }), running.route({ offerId: serving })];
  });

  const garbage: Script = (response) => void begin(response).end('<html>\n\n<body>\n\n');
  const empty: Script = (response) => void begin(response).end(done);
  it.each<[string, Script, string]>([
    ['answers 500', (response) => void response.writeHead(500).end('no'), 'failed'],
    ['answers 401', (response) => void response.writeHead(401).end('no'), 'unauthorized'],
    ['redirects', (response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(), 'failed'],
    ['sends an error event', streamed(data({ error: { message: 'no' } })), 'failed'],
    ['sends no events', garbage, 'failed'],
    ['sends an empty stream', empty, 'failed'],
    [
      'answers no stream',
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
      'failed',
    ],
    ['sends 100 KB of headers', (response) => void response.writeHead(200, { a: 'b'.repeat(100_000) }).end(), 'failed'],
    ['is busy', (response) => void response.writeHead(429, { 'retry-after': '7' }).end(), 'busy'],
  ])('another offer serves where one %s, and it alone is charged', async (_, script, outcome) => {
    running.server.answerBy(script);
    const response = await chat('units=3');
    expect([response.status, response.headers.get('x-tokengrid-route')]).toEqual([200, serving]);
    expect(textOf(chunksOf(await response.text())).split(' ').length).toBe(3);
    await running.settled();
    expect(running.purse.opened.map(({ ended, wish }) => [ended, wish.use.offer])).toEqual([
      ['dropped', failing],
      ['finished', serving],
    ]);
    expect(running.routes.told).toMatchObject([
      { offerId: failing, outcome: { kind: outcome } },
      { offerId: serving, outcome: { kind: 'delivered' } },
    ]);
  });

  it('a request that the provider blames is not tried again', async () => {
    const blame = JSON.stringify({ error: { message: 'context length exceeded', type: 'x' } });
    running.server.answerBy((response) => void response.writeHead(400).end(blame));
    const response = await chat('');
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { message: 'context length exceeded', type: 'invalid_request_error' } },
    ]);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(running.purse.opened.map(({ ended }) => ended)).toEqual(['dropped']);
  });

  it('a connection that is closed as the request goes out is tried once more', async () => {
    running.server.answerBy((response) => void response.destroy());
    expect((await chat('')).headers.get('x-tokengrid-route')).toBe(failing);
    const closes: Script = (response) => void response.destroy();
    running.server.answerBy(closes, closes);
    expect((await chat('')).headers.get('x-tokengrid-route')).toBe(serving);
  });

  it('503 tells when all offers have failed, and when to try again', async () => {
    const busy: Script = (response) => void response.writeHead(429, { 'retry-after': '7' }).end();
    running.server.answerBy(busy, busy);
    const response = await chat('');
    expect([response.status, response.headers.get('retry-after'), response.headers.get('x-should-retry')]).toEqual([
      503,
      '7',
      'true',
    ]);
  });

  it('an offer serves no more at a time than its capacity', async () => {
    running.routes.routes = [running.route({ offerId: serving, capacity: 1 })];
    const first = await chat('units=100, unit-ms=10');
    const second = await chat('');
    expect(second.status).toBe(503);
    await first.body!.cancel();
    await running.settled();
    await until(async () => (await chat('units=1')).status === 200);
  });
});
