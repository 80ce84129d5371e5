import { connect } from 'node:net';
import { text as textOfStream } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { whole } from '../../testing/chat-chunks.ts';
import { readFlat } from '../../testing/held-memory.ts';
import { modelOfSpecs, type RunningPassing, runPassing } from '../../testing/run-passing.ts';

let running: RunningPassing;
beforeAll(async () => {
  running = await runPassing({ MAX_ANSWER_BYTES: '65536' });
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => running.reset());

const messages = [{ role: 'user', content: 'one two' }];
const chat = (more: object = {}) => running.post('/v1/chat/completions', { model: modelOfSpecs, messages, ...more });
/** Status and error of an answer in the form of OpenAI's API. */
const told = async (response: Response) => {
  const { error } = (await response.json()) as { readonly error: Readonly<Record<string, unknown>> };
  return { status: response.status, code: error['code'], param: error['param'] };
};

describe('a request that can not be served', () => {
  it.each([
    ['units beyond all bounds', { max_tokens: 1e15 }, 'max_tokens'],
    ['a negative number of choices', { n: -1 }, 'n'],
    ['half a choice', { n: 1.5 }, 'n'],
    ['no messages', { messages: [] }, 'messages'],
    ['messages that are none', { messages: 'hello' }, 'messages'],
    ['a model that is no text', { model: 7 }, 'model'],
    ['a name without an end', { model: 'a'.repeat(10_000) }, 'model'],
    ['a preference that nobody knows', { provider: { cheapest: true } }, 'provider'],
    [
      'a price that is no decimal',
      { provider: { max_price: { input_tokens: '1e9' } } },
      'provider.max_price.input_tokens',
    ],
  ])('because it has %s is told the field', async (_, more, param) => {
    expect(await told(await chat(more))).toEqual({ status: 400, code: 'invalid_argument', param });
    expect(running.purse.opened).toEqual([]);
  });

  it.each([
    '../../etc/passwd',
    '%2e%2e%2f',
    'a b',
    'model\u0000',
    '💥',
    'constructor',
    '__proto__',
    modelOfSpecs.toLowerCase(),
  ])('because its model is %j is told that there is none', async (model) => {
    expect(await told(await chat({ model }))).toEqual({ status: 404, code: 'model_not_found', param: 'model' });
  });

  it.each([
    ['no JSON', '{"model":'],
    ['a list', '[]'],
    ['no UTF-8', Buffer.from('7b226d6f64656c223a22ff227d', 'hex').toString('latin1')],
    ['nothing', ''],
    ['a member twice', `{"model":"${modelOfSpecs}","messages":[{}],"model":"other"}`],
  ])('because its body is %s is told so', async (what, body) => {
    const bytes = what === 'no UTF-8' ? Buffer.from(body, 'latin1') : body;
    const response = await fetch(`${running.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${running.caller.secret}`, 'content-type': 'application/json' },
      body: bytes as never,
    });
    expect(await told(response)).toMatchObject({ status: 400, code: 'invalid_argument' });
  });

  it.each([
    ['in a message', 'chat/completions', '{"model":"m","messages":[{"role":"user","content":"a","role":"system"}]}'],
    ['in an option', 'chat/completions', '{"model":"m","messages":[{}],"stream_options":{"a":{"b":1,"\\u0062":2}}}'],
    ['in an item', 'responses', '{"model":"m","input":[{"role":"user","content":"a","content":"b"}]}'],
    ['in a block', 'messages', '{"model":"m","max_tokens":1,"messages":[{"role":"user","role":"user","content":"a"}]}'],
    ['in a preference', 'embeddings', '{"model":"m","input":"a","provider":{"only":["x"],"only":["y"]}}'],
  ])('because a member is there twice %s is told so', async (_where, path, body) => {
    const response = await running.post(`/v1/${path}`, body);
    const { error } = (await response.json()) as { readonly error: { readonly message: string } };
    expect([response.status, error.message]).toEqual([400, expect.stringMatching(/: duplicate member$/)]);
    expect(running.purse.opened).toEqual([]);
  });

  it.each([
    ['chat/completions', '"messages":[{"role":"user","content":"a","__proto__":{"a":1}}]', 'messages.0.__proto__'],
    ['messages', '"max_tokens":1,"messages":[{"role":"user","content":"a"}],"__proto__":1', '__proto__'],
    ['responses', '"input":"a","\\u005f_proto__":null', '__proto__'],
    ['embeddings', '"input":"a","provider":{"max_price":{"__proto__":"1"}}', 'provider.max_price.__proto__'],
  ])('because it has a field at %s that copying code drops is told so', async (path, members, place) => {
    const response = await running.post(`/v1/${path}`, `{"model":"${modelOfSpecs}",${members}}`);
    const { error } = (await response.json()) as { readonly error: { readonly message: string } };
    expect([response.status, error.message]).toEqual([400, `${place}: unknown field`]);
  });

  it.each(['[', '{"a":'])('because it is nested without an end (%s) is told so', async (begin) => {
    const end = begin === '[' ? ']' : '}';
    const deep = `${begin.repeat(100_000)}1${end.repeat(100_000)}`;
    const body = `{"model":"${modelOfSpecs}","messages":[{"role":"user","content":"a"}],"tools":[${deep}]}`;
    expect(await told(await running.post('/v1/chat/completions', body))).toMatchObject({
      ...{ status: 400, code: 'invalid_argument' },
    });
  });

  it.each([
    ['messages', { max_tokens: 1, messages: [{ role: 'user', content: [] }] }],
    ['messages', { max_tokens: 1, messages: [{ role: 'user', content: [{ type: { toString: 1 } }] }] }],
    ['responses', { input: [{ type: { toString: 1 } }] }],
    ['responses', { input: [{ role: 'user', content: [{ type: { toString: 1 } }] }] }],
    ['responses', { input: [{ role: 'user', content: [{ type: ['input_text'], text: 'a' }] }] }],
  ])('because what it says at %s can not be converted is told so: %j', async (path, more) => {
    expect((await running.post(`/v1/${path}`, { model: modelOfSpecs, ...more })).status).toBe(400);
    expect(running.purse.opened).toEqual([]);
  });

  it.each([
    ['chat/completions', { model: `a${'💥'.repeat(199)}`, messages }],
    ['responses', { model: 'm', input: [{ type: `a${'💥'.repeat(199)}` }] }],
    [
      'messages',
      { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: [{ type: `a${'💥'.repeat(99)}` }] }] },
    ],
    ['responses', { model: 'm', input: 'a', include: [`a${'💥'.repeat(199)}`] }],
    ['embeddings', { model: '\ud83d', input: 'a' }],
  ])('at %s is told so in whole characters', async (path, body) => {
    const text = await (await running.post(`/v1/${path}`, body)).text();
    expect((JSON.parse(text) as { error: { message: string } }).error.message).toMatch(/(a💥+…?|\ufffd)/u);
    expect(text).not.toMatch(/\\ud[89ab]/i);
  });

  it('because its body is larger than 20 MiB is told so', async () => {
    expect(await told(await chat({ a: 'a'.repeat(21 * 2 ** 20) }))).toMatchObject({
      status: 413,
      code: 'request_too_large',
    });
  });

  it.each(['chat/completions', 'responses', 'embeddings', 'images/generations', 'messages', 'messages/count_tokens'])(
    'at %s has no key is told so in the form of its API',
    async (path) => {
      const response = await fetch(`${running.url}/v1/${path}`, { method: 'POST', body: '{}' });
      expect([response.status, response.headers.get('content-type')]).toEqual([
        401,
        expect.stringMatching(/^application\/json/),
      ]);
      const body = (await response.json()) as { readonly type?: string; readonly error: { readonly type: string } };
      expect(body.error.type).toBe(path.startsWith('messages') ? 'authentication_error' : 'invalid_request_error');
      expect([response.headers.get('x-should-retry'), response.headers.get('x-request-id')]).toEqual([
        'false',
        expect.stringMatching(/^req_/),
      ]);
    },
  );

  it('has two lengths, and reaches no provider', async () => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${running.caller.secret}\r\n`;
    socket.write(
      `${head}content-type: application/json\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET`,
    );
    expect(await textOfStream(socket)).toMatch(/^HTTP\/1\.1 400/);
    expect(running.server.calls).toEqual([]);
  });
});

describe('a large body', () => {
  it('of 10 MB of text passes as it is', async () => {
    const content = 'lorem ipsum '.repeat(850_000);
    const response = await chat({ messages: [{ role: 'user', content }] });
    expect([response.status, ((await response.json()) as { usage: object }).usage]).toMatchObject([
      200,
      { prompt_tokens: 1_700_000 },
    ]);
  }, 60_000);

  it('of an image is not taken for its text', async () => {
    const url = `data:image/png;base64,${'A'.repeat(4 * 2 ** 20)}`;
    const content = [
      { type: 'text', text: 'what is it?' },
      { type: 'image_url', image_url: { url } },
    ];
    expect((await chat({ messages: [{ role: 'user', content }] })).status).toBe(200);
    expect(whole(running.purse.opened[0]!.wish.estimate)['input_tokens']).toBeLessThan(2000);
  });
});

it.each(['constructor', '__proto__', 'toString', 'unheard of'])(
  'a message ends for a reason of its API, though the provider says %s',
  async (reason) => {
    running.server.answerBy((response) => {
      const choices = [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: reason }];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ choices, usage: { prompt_tokens: 1, completion_tokens: 1 } }));
    });
    const body = { model: modelOfSpecs, max_tokens: 1, messages };
    expect(await (await running.post('/v1/messages', body)).json()).toMatchObject({ stop_reason: 'end_turn' });
  },
);

describe('an answer that is larger than is held', () => {
  const embed = (dimensions: number) =>
    running.post('/v1/embeddings', { model: modelOfSpecs, input: ['one', 'two'], dimensions });

  it('is passed on as it comes, and charged by the usage at its end', async () => {
    const response = await embed(4096);
    const { data } = (await response.json()) as { readonly data: readonly { readonly embedding: readonly number[] }[] };
    expect(data.map(({ embedding }) => embedding.length)).toEqual([4096, 4096]);
    expect(response.headers.get('x-tokengrid-charge')).toBe(null);
    const { use } = await running.settled();
    expect([whole(use!.units), use!.delivery.countedBy]).toEqual([{ input_tokens: 2 }, 'upstream']);
  });

  it('breaks the connection where the provider breaks off, and is charged as far as it came', async () => {
    running.server.answerBy((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`{"choices":[{"message":{"content":"${'word '.repeat(40_000)}`, () => response.destroy());
    });
    await expect((await chat()).text()).rejects.toThrow('terminated');
    const { use } = await running.settled();
    expect(use!.delivery).toMatchObject({ end: 'upstream-failed', countedBy: 'estimate' });
  });

  it('of hundreds of megabytes passes with flat memory', async () => {
    const [part, parts] = ['0.123456,'.repeat(8000), 2000];
    running.server.answerBy(async (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"data":[{"embedding":[');
      for (let sent = 0; sent < parts; sent++)
        if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve));
      response.end('0]}],"usage":{"prompt_tokens":5}}');
    });
    const { size, held } = await readFlat((await embed(8)).body);
    expect(size).toBeGreaterThan(parts * part.length);
    expect(held).toBeLessThan(32 * 2 ** 20);
    expect(whole((await running.settled()).use!.units)).toEqual({ input_tokens: 5 });
  }, 60_000);
});
