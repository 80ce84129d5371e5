import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelServer } from './model-server.ts';

let server: ModelServer;
beforeAll(async () => {
  server = new ModelServer({ port: 0, models: ['small'] });
  await server.start();
});
afterAll(() => server.stop());

const post = (path: string, body: object, directions = '') =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-model-server': directions },
    body: JSON.stringify(body),
  });
const messages = [{ role: 'user', content: 'one two three' }];
const chat = (more: object = {}, directions = '') =>
  post('/chat/completions', { model: 'small', messages, ...more }, directions);

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string }; readonly finish_reason: string }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}
const completion = async (more: object, directions = '') => (await (await chat(more, directions)).json()) as Completion;

describe('the model server for development', () => {
  it('answers the same prompt with the same words, and states how many there are', async () => {
    const [first, second] = [await completion({}), await completion({})];
    const { content } = first.choices[0]!.message;
    expect(second.choices[0]!.message.content).toBe(content);
    expect(first.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: content.split(' ').length });
    const other = await completion({ messages: [{ role: 'user', content: 'else' }] });
    expect(other.choices[0]!.message.content).not.toBe(content);
  });

  it('stops at max_tokens, and says so', async () => {
    const { choices, usage } = await completion({ max_tokens: 2, n: 3 });
    expect(choices.map(({ finish_reason: finish }) => finish)).toEqual(['length', 'length', 'length']);
    expect(usage.completion_tokens).toBe(6);
  });

  it('streams a word at a time, with usage at every moment where it is asked for', async () => {
    const stream_options = { include_usage: true, continuous_usage_stats: true };
    const text = await (await chat({ stream: true, stream_options }, 'units=3')).text();
    const events = text.trim().split('\n\n');
    const stated = events
      .slice(0, -1)
      .map((event) => (JSON.parse(event.slice(6)) as Completion).usage.completion_tokens);
    expect([stated, events.at(-1)]).toEqual([[0, 1, 2, 3, 3, 3], 'data: [DONE]']);
  });

  it('breaks where it is asked to', async () => {
    expect((await chat({}, 'status=429, retry-after=7')).headers.get('retry-after')).toBe('7');
    await expect((await chat({ stream: true }, 'dies-after=2')).text()).rejects.toThrow('terminated');
    expect(await (await chat({ stream: true }, 'fails-after=2')).text()).toContain('"error"');
    expect((await chat({}, 'explodes')).status).toBe(400);
  });

  it('makes vectors of unit length, and images', async () => {
    const { data } = (await (await post('/embeddings', { model: 'small', input: ['a', 'b'] })).json()) as {
      data: { embedding: number[] }[];
    };
    expect(data.map(({ embedding }) => Math.hypot(...embedding).toFixed(5))).toEqual(['1.00000', '1.00000']);
    const drawn = (await (await post('/images/generations', { prompt: 'x', n: 2 })).json()) as { data: unknown[] };
    expect(drawn.data.length).toBe(2);
  });

  it('takes its time for images, and breaks, where it is asked to', async () => {
    const draw = (directions: string) => post('/images/generations', { prompt: 'x', n: 2 }, directions);
    const begun = performance.now();
    expect((await draw('first-unit-ms=30, unit-ms=20')).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(45);
    await expect(draw('dies-after=1')).rejects.toThrow('fetch failed');
  });

  it('has any model if it is told so', async () => {
    const any = new ModelServer({ port: 0, models: ['*'] });
    await any.start();
    const body = JSON.stringify({ model: 'Any/Model', messages });
    expect((await fetch(`${any.url}/chat/completions`, { method: 'POST', body })).status).toBe(200);
    await any.stop();
  });

  it('has no other models, and no other paths', async () => {
    expect((await chat({ model: 'large' })).status).toBe(404);
    expect((await post('/nothing', {})).status).toBe(404);
    expect((await fetch(`${server.url}/models`)).status).toBe(200);
  });
});
