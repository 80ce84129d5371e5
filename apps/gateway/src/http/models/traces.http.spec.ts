import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CollectedSpan, TraceCollector, until } from '@tokengrid/service/testing';
import { modelOfSpecs, type RunningPassing, runPassing } from '../../testing/run-passing.ts';

let collector: TraceCollector;
let running: RunningPassing;
beforeAll(async () => {
  collector = await TraceCollector.start();
  running = await runPassing({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
}, 120_000);
afterAll(async () => {
  await running.close();
  await collector.stop();
}, 60_000);
beforeEach(() => {
  running.reset();
  collector.spans.length = 0;
});

const model = modelOfSpecs;
const secret = 'a-word-that-is-nobodys-business';
const chat = { model, messages: [{ role: 'user', content: `one two ${secret}` }] };
const path = '/v1/chat/completions';
const traceId = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';

const [server, client] = [2, 3];
/** Spans of a kind, once there are so many of both. */
async function spans(count: number, kind: number): Promise<readonly CollectedSpan[]> {
  await until(() => Promise.resolve(collector.spans.length >= count));
  return collector.spans.filter((span) => span.kind === kind);
}
/** The span of a request to a provider, and that of its caller's request. */
async function both(): Promise<readonly [CollectedSpan, CollectedSpan]> {
  const [[asked], [upstream]] = [await spans(2, server), await spans(2, client)];
  return [asked!, upstream!];
}

describe('traces', () => {
  it('have a span of a chat, in the trace of its caller, and go on to the provider', async () => {
    const headers = { 'x-model-server': 'units=5', traceparent: `00-${traceId}-${parent}-01`, tracestate: 'a=b' };
    const answer = await running.post(path, chat, headers);
    expect(answer.status).toBe(200);
    const { offerId, providerId } = running.routes.routes[0]!.offer;
    const [asked, upstream] = await both();
    expect(asked).toMatchObject({
      ...{ traceId, parentSpanId: parent, name: 'POST /v1/chat/completions', hasFailed: false },
      attributes: { 'http.request.method': 'POST', 'http.route': path, 'http.response.status_code': 200 },
      resource: { 'service.namespace': 'tokengrid', 'service.name': 'gateway', 'service.instance.id': '1' },
    });
    const { hostname, port } = new URL(running.server.url);
    expect(upstream).toMatchObject({ traceId, parentSpanId: asked.spanId, name: `chat ${model}`, hasFailed: false });
    expect(upstream.attributes).toEqual({
      ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': providerId, 'gen_ai.request.model': model },
      ...{ 'gen_ai.response.model': model, 'gen_ai.response.finish_reasons': ['stop'] },
      ...{ 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 5 },
      ...{ 'server.address': hostname, 'server.port': Number(port), 'tokengrid.offer.id': offerId },
      'tokengrid.request.id': answer.headers.get('x-request-id'),
    });
    expect(running.server.calls.at(-1)!.headers).toMatchObject({
      traceparent: `00-${traceId}-${upstream.spanId}-01`,
      tracestate: 'a=b',
    });
  });

  it('have the time to the first chunk of a stream, its finish reason and its usage', async () => {
    const headers = { 'x-model-server': 'units=500, first-unit-ms=50' };
    const answer = await running.post(path, { ...chat, stream: true, max_tokens: 7 }, headers);
    await answer.text();
    const [asked, { attributes, ...upstream }] = await both();
    expect(asked.parentSpanId).toBeUndefined();
    expect(upstream).toMatchObject({ parentSpanId: asked.spanId, name: `chat ${model}` });
    expect(attributes).toMatchObject({
      ...{ 'gen_ai.response.model': model, 'gen_ai.response.finish_reasons': ['length'] },
      ...{ 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 7 },
    });
    expect(attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThanOrEqual(0.05);
    expect(attributes['gen_ai.response.time_to_first_chunk']).toBeLessThan(20);
  });

  it('name what failed, an attempt each, under one request', async () => {
    running.routes.routes = [running.route(), running.route()];
    running.server.answerBy((response) => void response.writeHead(500).end());
    expect((await running.post(path, chat, { 'x-model-server': 'units=1' })).status).toBe(200);
    const [asked] = await spans(3, server);
    const attempts = await spans(3, client);
    expect(attempts.map(({ parentSpanId, hasFailed }) => [parentSpanId, hasFailed])).toEqual([
      [asked!.spanId, true],
      [asked!.spanId, false],
    ]);
    expect(attempts.map(({ attributes }) => attributes['error.type'])).toEqual(['500', undefined]);
  });

  it('name why a stream broke off', async () => {
    const headers = { 'x-model-server': 'units=50, dies-after=5' };
    await (await running.post(path, { ...chat, stream: true }, headers)).text();
    const [, { hasFailed, attributes }] = await both();
    expect([hasFailed, attributes['error.type']]).toEqual([true, 'UND_ERR_SOCKET']);
    expect(attributes['gen_ai.usage.output_tokens']).toBeGreaterThan(0);
  });

  it('have spans of embeddings and images', async () => {
    await running.post('/v1/embeddings', { model, input: ['one two'] });
    await running.post('/v1/images/generations', { model, prompt: 'a lighthouse' });
    expect((await spans(4, client)).map(({ name }) => name)).toEqual([
      `embeddings ${model}`,
      `generate_content ${model}`,
    ]);
  });

  it('leave out requests that a caller does not want recorded, and tell the provider so', async () => {
    const unrecorded = `00-${traceId}-${parent}-00`;
    await running.post(path, chat, { traceparent: unrecorded });
    expect(running.server.calls.at(-1)!.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-.{16}-00$`));
    await running.post(path, chat);
    await both();
    expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  });

  it('have no prompt, no answer, and no key', async () => {
    const answers = [await running.post(path, chat), await running.post(path, { ...chat, stream: true })];
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    const { choices } = JSON.parse(texts[0]!) as { choices: { message: { content: string } }[] };
    await spans(4, client);
    for (const word of [secret, choices[0]!.message.content, running.caller.secret, running.caller.partyId])
      expect(collector.sent).not.toContain(word);
  });
});

describe('a gateway without a collector', () => {
  it('has no traces, and passes none on', async () => {
    const untraced = await runPassing();
    try {
      const traceparent = `00-${traceId}-${parent}-01`;
      expect((await untraced.post(path, chat, { traceparent })).status).toBe(200);
      expect(untraced.server.calls.at(-1)!.headers['traceparent']).toBeUndefined();
    } finally {
      await untraced.close();
    }
  }, 120_000);
});
