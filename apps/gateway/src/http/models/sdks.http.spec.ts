import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { embedMany, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { whole } from '../../testing/chat-chunks.ts';
import { modelOfSpecs, type RunningPassing, runPassing } from '../../testing/run-passing.ts';

let running: RunningPassing;
let openai: OpenAI;
let anthropic: Anthropic;
beforeAll(async () => {
  running = await runPassing();
  openai = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: running.caller.secret });
  anthropic = new Anthropic({ baseURL: running.url, apiKey: running.caller.secret });
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => running.reset());

const model = modelOfSpecs;
const messages = [{ role: 'user' as const, content: 'one two three four' }];
const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const }, days: { type: 'integer' as const } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const called = { city: 'harbor', days: 1 };
const units = (count: number) => ({ headers: { 'x-model-server': `units=${count}` } });
/** Units of the last use. */
const charged = async () => whole((await running.settled()).use!.units);

describe('the SDK of OpenAI', () => {
  it('completes a chat', async () => {
    const chat = await openai.chat.completions.create({ model, messages }, units(5));
    expect(chat.choices[0]!.message.content!.split(' ').length).toBe(5);
    expect(chat.usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 5, total_tokens: 9 });
    expect(chat._request_id).toMatch(/^req_/);
    expect(await charged()).toEqual({ input_tokens: 4, output_tokens: 5 });
  });

  it('streams a chat, with its usage', async () => {
    const stream = await openai.chat.completions.create(
      { model, messages, stream: true, stream_options: { include_usage: true } },
      units(6),
    );
    let [text, total] = ['', 0];
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      total = chunk.usage?.total_tokens ?? total;
    }
    expect([text.split(' ').length, total]).toEqual([6, 10]);
    expect(await charged()).toEqual({ input_tokens: 4, output_tokens: 6 });
  });

  it('calls tools, and goes on with their results', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'forecast', parameters } }];
    const runner = openai.chat.completions.stream({ model, messages, tools });
    const { choices } = await runner.finalChatCompletion();
    const [call] = choices[0]!.message.tool_calls!;
    expect([choices[0]!.finish_reason, call!.type]).toEqual(['tool_calls', 'function']);
    if (call!.type !== 'function') throw new Error('no function');
    expect([call!.function.name, JSON.parse(call!.function.arguments)]).toEqual(['forecast', called]);
    const result = { role: 'tool' as const, tool_call_id: call!.id, content: 'sunny' };
    const answer = await openai.chat.completions.create({
      ...{ model, tools },
      messages: [...messages, choices[0]!.message, result],
    });
    expect(answer.choices[0]!.finish_reason).toBe('stop');
  });

  it('stops a stream, and is charged what was produced', async () => {
    const stream = await openai.chat.completions.create(
      { model, messages, stream: true },
      { headers: { 'x-model-server': 'units=1000, unit-ms=5' } },
    );
    let chunks = 0;
    for await (const _ of stream) if (++chunks === 5) break;
    const { use } = await running.settled();
    expect(use!.delivery.end).toBe('client-left');
    expect(whole(use!.units)['output_tokens']).toBeLessThan(100);
  });

  it('throws the errors of its own classes, and retries where that may help', async () => {
    const create = (over: object = {}, client = openai) => client.chat.completions.create({ model, messages, ...over });
    const wrong = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'wrong' });
    await expect(create({}, wrong)).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(create({ model: '../../etc/passwd' })).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    await expect(create({ n: -1 })).rejects.toMatchObject({ status: 400, param: 'n' });
    running.purse.refuses = 'insufficient-tokens';
    await expect(create()).rejects.toMatchObject({ status: 402, code: 'insufficient_quota' });
    const wishes = running.routes.wishes.length;
    running.purse.refuses = 'unavailable';
    setTimeout(() => (running.purse.refuses = undefined), 500);
    expect((await create()).choices.length).toBe(1);
    expect(running.routes.wishes.length).toBe(wishes + 2);
  });

  it('throws the error of a stream that breaks off', async () => {
    const stream = await openai.chat.completions.create(
      { model, messages, stream: true },
      { headers: { 'x-model-server': 'units=50, dies-after=5' } },
    );
    const read = async () => {
      for await (const _ of stream);
    };
    await expect(read()).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('creates embeddings, whose input is charged', async () => {
    const { data, usage } = await openai.embeddings.create({ model, input: ['one two', 'three'], dimensions: 16 });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([16, 16]);
    expect(Math.hypot(...data[0]!.embedding)).toBeCloseTo(1, 5);
    expect([usage.prompt_tokens, await charged()]).toEqual([3, { input_tokens: 3 }]);
  });

  it('generates images, each a unit', async () => {
    const { data } = await openai.images.generate({ model, prompt: 'a lighthouse', n: 2 });
    expect(data!.length).toBe(2);
    expect(await charged()).toEqual({ images: 2 });
  });

  it('creates a response', async () => {
    const response = await openai.responses.create(
      { model, input: 'one two three', instructions: 'be brief' },
      units(4),
    );
    expect([response.output_text.split(' ').length, response.status]).toEqual([4, 'completed']);
    expect(response.usage).toMatchObject({ input_tokens: 5, output_tokens: 4 });
    expect(await charged()).toEqual({ input_tokens: 5, output_tokens: 4 });
  });

  it('streams a response', async () => {
    const events: string[] = [];
    const stream = openai.responses.stream({ model, input: messages }, units(3));
    for await (const { type } of stream) if (events.at(-1) !== type) events.push(type);
    const response = await stream.finalResponse();
    expect(response.output_text.split(' ').length).toBe(3);
    expect(events).toEqual([
      ...['response.created', 'response.in_progress', 'response.output_item.added', 'response.content_part.added'],
      ...['response.output_text.delta', 'response.output_text.done', 'response.content_part.done'],
      ...['response.output_item.done', 'response.completed'],
    ]);
    expect(response.usage!.output_tokens).toBe(3);
  });

  it('calls tools in a response, and goes on with their results', async () => {
    const tools = [{ type: 'function' as const, name: 'forecast', parameters, strict: true }];
    const { output } = await openai.responses.stream({ model, input: messages, tools }).finalResponse();
    const call = output.find(({ type }) => type === 'function_call')!;
    expect(call).toMatchObject({ name: 'forecast', status: 'completed' });
    if (call.type !== 'function_call') throw new Error('no call');
    expect(JSON.parse(call.arguments)).toEqual(called);
    const { type, call_id, name, arguments: text } = call;
    const result = { type: 'function_call_output' as const, call_id, output: 'sunny' };
    const input = [...messages, { type, call_id, name, arguments: text }, result];
    const answer = await openai.responses.create({ model, tools, input });
    expect(answer.output_text.length).toBeGreaterThan(0);
  });

  it.each([
    ['what is stored elsewhere', { previous_response_id: 'resp_1' }, 'previous_response_id'],
    ['to be stored', { store: true }, 'store'],
    ['a tool of the provider', { tools: [{ type: 'web_search' }] }, 'tools.0.type'],
    [
      'an image',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x' }] }] },
      'input.0.content.0.type',
    ],
  ])('is told that a response with %s can not be converted', async (_, more, param) => {
    await expect(openai.responses.create({ model, input: 'x', ...(more as object) })).rejects.toMatchObject({
      ...{ status: 400, param },
    });
  });
});

describe('the SDK of Anthropic', () => {
  const request = { model, messages, max_tokens: 100 };

  it('creates a message', async () => {
    const message = await anthropic.messages.create({ ...request, system: 'be brief' }, units(5));
    const [block] = message.content;
    expect(block).toMatchObject({ type: 'text' });
    expect([message.stop_reason, message.usage]).toMatchObject(['end_turn', { input_tokens: 6, output_tokens: 5 }]);
    expect(message._request_id).toMatch(/^req_/);
    expect(await charged()).toEqual({ input_tokens: 6, output_tokens: 5 });
  });

  it('streams a message', async () => {
    const events: string[] = [];
    const stream = anthropic.messages.stream({ ...request, max_tokens: 7 }, units(20));
    stream.on('streamEvent', ({ type }) => void (events.at(-1) !== type && events.push(type)));
    const message = await stream.finalMessage();
    expect((await stream.finalText()).split(' ').length).toBe(7);
    expect(events).toEqual([
      ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
      ...['message_delta', 'message_stop'],
    ]);
    expect([message.stop_reason, message.usage]).toMatchObject(['max_tokens', { input_tokens: 4, output_tokens: 7 }]);
    expect(await charged()).toEqual({ input_tokens: 4, output_tokens: 7 });
  });

  it('calls tools, and goes on with their results', async () => {
    const tools = [{ name: 'forecast', input_schema: parameters }];
    const message = await anthropic.messages.stream({ ...request, tools }).finalMessage();
    const call = message.content.find(({ type }) => type === 'tool_use')!;
    expect([message.stop_reason, call]).toMatchObject(['tool_use', { name: 'forecast', input: called }]);
    if (call.type !== 'tool_use') throw new Error('no call');
    const result = { type: 'tool_result' as const, tool_use_id: call.id, content: 'sunny' };
    const answer = await anthropic.messages.create({
      ...{ ...request, tools },
      messages: [...messages, { role: 'assistant', content: message.content }, { role: 'user', content: [result] }],
    });
    expect(answer.stop_reason).toBe('end_turn');
  });

  it('counts units for nothing', async () => {
    running.routes.routes = [running.route({ tokenizer: 'cl100k_base' })];
    expect(await anthropic.messages.countTokens({ model, messages })).toEqual({ input_tokens: 4 });
    expect(running.purse.opened).toEqual([]);
  });

  it('throws the errors of its own classes', async () => {
    const wrong = new Anthropic({ baseURL: running.url, apiKey: 'wrong' });
    await expect(wrong.messages.create(request)).rejects.toThrow(Anthropic.AuthenticationError);
    await expect(anthropic.messages.create({ ...request, model: 'none' })).rejects.toThrow(Anthropic.NotFoundError);
    running.purse.refuses = 'insufficient-tokens';
    await expect(anthropic.messages.create(request)).rejects.toMatchObject({ status: 402, type: 'billing_error' });
    running.purse.refuses = undefined;
    const stream = anthropic.messages.stream(request, { headers: { 'x-model-server': 'units=9, dies-after=5' } });
    await expect(stream.finalMessage()).rejects.toMatchObject({ type: 'overloaded_error' });
  });

  it('may send its key as older releases do', async () => {
    const headers = { 'x-api-key': running.caller.secret, 'content-type': 'application/json' };
    const body = JSON.stringify(request);
    const response = await fetch(`${running.url}/v1/messages?beta=true`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
  });

  it.each([
    ['thinking', { thinking: { type: 'enabled', budget_tokens: 1024 } }, 'thinking'],
    ['a tool of the provider', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools.0.type'],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] },
      'messages.0.content.0.type',
    ],
    ['what nobody knows', { top_k: 5 }, 'top_k'],
  ])('is told that a message with %s can not be converted', async (_, more, place) => {
    const asked = anthropic.messages.create({ ...request, ...(more as object) } as typeof request);
    await expect(asked).rejects.toMatchObject({ status: 400, message: expect.stringContaining(place) });
  });
});

describe('the AI SDK', () => {
  const provider = () =>
    createOpenAICompatible({
      ...{ name: 'tokengrid', baseURL: `${running.url}/v1`, apiKey: running.caller.secret, includeUsage: true },
      ...units(5),
    });

  it('generates text', async () => {
    const { text, usage } = await generateText({ model: provider()(model), prompt: 'one two three' });
    expect([text.split(' ').length, usage.inputTokens, usage.outputTokens]).toEqual([5, 3, 5]);
  });

  it('streams text', async () => {
    const result = streamText({ model: provider()(model), prompt: 'one two three' });
    let text = '';
    for await (const part of result.textStream) text += part;
    expect([text.split(' ').length, (await result.usage).outputTokens]).toEqual([5, 5]);
    expect(await charged()).toEqual({ input_tokens: 3, output_tokens: 5 });
  });

  it('calls tools, and goes on with their results', async () => {
    const given: unknown[] = [];
    const forecast = tool({
      description: 'weather',
      inputSchema: jsonSchema<typeof called>(parameters),
      execute: (input) => {
        given.push(input);
        return Promise.resolve('sunny');
      },
    });
    const { steps } = await generateText({
      ...{ model: provider()(model), prompt: 'weather?', tools: { forecast }, stopWhen: stepCountIs(2) },
    });
    expect([steps.length, given]).toEqual([2, [called]]);
  });

  it('embeds', async () => {
    const { embeddings } = await embedMany({ model: provider().embeddingModel(model), values: ['one', 'two'] });
    expect(embeddings.length).toBe(2);
  });
});
