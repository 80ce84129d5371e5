import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@tokengrid/service/testing';
import { chunksOf, textOf, whole } from '../../testing/chat-chunks.ts';
import { modelOfSpecs, type RunningPassing, runPassing } from '../../testing/run-passing.ts';

let running: RunningPassing;
beforeAll(async () => {
  running = await runPassing();
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => running.reset());

const messages = [{ role: 'user', content: 'one two three four' }];
const chat = (more: object = {}, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  running.post('/v1/chat/completions', { model: modelOfSpecs, messages, ...more }, headers, signal);

describe('a chat completion', () => {
  it('is the answer of the provider, charged by its usage', async () => {
    const response = await chat({}, { 'x-model-server': 'units=5' });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      usage: { prompt_tokens: 4, completion_tokens: 5 },
    });
    const { use, wish } = await running.settled();
    expect([whole(use!.units), use!.delivery]).toEqual([
      { input_tokens: 4, output_tokens: 5 },
      { end: 'completed', countedBy: 'upstream', firstUnitMs: expect.any(Number), totalMs: expect.any(Number) },
    ]);
    const { offer } = running.routes.routes[0]!;
    expect(wish).toMatchObject({
      partyId: running.caller.partyId,
      use: { model: modelOfSpecs, offer: offer.offerId },
      requestId: response.headers.get('x-request-id'),
    });
    expect(response.headers.get('x-tokengrid-charge')).toBe('19');
    expect(response.headers.get('x-tokengrid-remaining')).toBe(String(10n ** 12n - 19n));
    expect(response.headers.get('x-tokengrid-route')).toBe(offer.offerId);
    expect(running.routes.told).toMatchObject([{ offerId: offer.offerId, outcome: { kind: 'delivered' } }]);
  });

  it('reaches the provider with its own key and none of the caller', async () => {
    await (
      await chat({ seed: 1, provider: { sort: 'price' } }, { cookie: 'a=b', 'x-api-key': 'x', 'x-custom': 'y' })
    ).text();
    const [call] = running.server.calls;
    expect(call!.headers).toMatchObject({ authorization: 'Bearer provider-secret' });
    expect(Object.keys(call!.headers).sort()).toEqual([
      ...['accept', 'accept-encoding', 'authorization', 'connection', 'content-length', 'content-type'],
      ...['host', 'user-agent', 'x-request-id'],
    ]);
    expect(call!.body).toEqual({ model: modelOfSpecs, messages, seed: 1 });
  });

  it('keeps numbers of any size as they are written', async () => {
    let sent = '';
    running.server.answerBy((response, call) => {
      sent = JSON.stringify(call.body);
      response.end('{}');
    });
    const text = `{"model":"${modelOfSpecs}","messages":[{"role":"user","content":"\\ud800"}],"seed":1e0}`;
    await running.post('/v1/chat/completions', text);
    expect(sent).toContain('"seed":1');
  });
});

describe('a key that names its models', () => {
  const keyOf = (models: string[]) => ({ authorization: `Bearer ${running.keyWith({ models })}` });

  it('is served by those', async () => {
    const response = await chat({}, keyOf(['test/MODEL*']));
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  });

  it('is refused all others in the form of each API, whether there are such models or not', async () => {
    const detail = `your API key may not use the model ${modelOfSpecs}`;
    const key = keyOf(['test/model-1']);
    const response = await chat({}, key);
    expect([response.status, response.headers.get('x-should-retry'), await response.json()]).toEqual([
      ...[403, 'false'],
      { error: { message: detail, type: 'invalid_request_error', param: 'model', code: 'model_not_allowed' } },
    ]);
    expect((await chat({ model: 'nobodys' }, key)).status).toBe(403);
    for (const path of ['/v1/messages', '/v1/messages/count_tokens']) {
      const refused = await running.post(path, { model: modelOfSpecs, max_tokens: 10, messages }, key);
      expect([refused.status, await refused.json()]).toMatchObject([
        403,
        { type: 'error', error: { type: 'permission_error', message: detail } },
      ]);
    }
    expect(running.purse.opened).toEqual([]);
  });
});

describe('a streamed chat', () => {
  it('is passed on chunk by chunk, and is charged before its end leaves', async () => {
    let isStored = false;
    running.purse.beforeFinish = () => {
      isStored = true;
      return Promise.resolve();
    };
    const response = await chat({ stream: true }, { 'x-model-server': 'units=7' });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const text = await response.text();
    expect(isStored).toBe(true);
    const chunks = chunksOf(text);
    expect([textOf(chunks).split(' ').length, text.endsWith('data: [DONE]\n\n')]).toEqual([7, true]);
    // Usage was asked for by the gateway alone.
    expect(chunks.filter(({ usage }) => usage)).toEqual([]);
    const { use } = await running.settled();
    expect([whole(use!.units), use!.delivery.countedBy]).toEqual([{ input_tokens: 4, output_tokens: 7 }, 'upstream']);
    expect(running.server.calls[0]!.body['stream_options']).toEqual({ include_usage: true });
  });

  it('has its usage for who asks for it', async () => {
    const asks = { stream: true, stream_options: { include_usage: true } };
    const chunks = chunksOf(await (await chat(asks, { 'x-model-server': 'units=2' })).text());
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 4, completion_tokens: 2 } });
  });

  it('stops the provider within 100 ms of a hang-up, and is charged what was produced', async () => {
    const leaving = new AbortController();
    const response = await chat({ stream: true }, { 'x-model-server': 'units=1000, unit-ms=5' }, leaving.signal);
    const reader = response.body!.getReader();
    await reader.read();
    await reader.read();
    const left = performance.now();
    leaving.abort();
    const { use } = await running.settled();
    const [call] = running.server.calls;
    await until(() => Promise.resolve(call!.brokenAt !== undefined));
    expect(call!.brokenAt! - left).toBeLessThan(100);
    expect(use!.delivery).toMatchObject({ end: 'client-left', countedBy: 'estimate' });
    const { output_tokens: output } = whole(use!.units);
    expect(output).toBeGreaterThan(0);
    expect(output).toBeLessThanOrEqual(call!.units * 2);
  });
});
