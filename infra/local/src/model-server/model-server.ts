import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as passing } from 'node:timers/promises';
import { z } from 'zod';
import { bodyText } from '../body-text.ts';
import { chatRequest, type ChatRequest, planned, type PlannedAnswer, usageOf } from './chat.ts';
import { type Directions, directionsHeader, directionsOf } from './directions.ts';
import { unitsIn, vectorOf } from './words.ts';

export interface ModelServerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Names of its models; `*` for any name. */
  readonly models: readonly string[];
  /** Pause before the first unit of an answer, where the request does not state one. */
  readonly firstUnitMs?: number;
  /** Pause before each other unit, where the request does not state one. */
  readonly unitMs?: number;
}

/** A request that the server got, and what became of it. */
export interface ModelCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** Units of output that were sent so far. */
  units: number;
  /** `performance.now()` at which its connection closed before the end of the answer. */
  brokenAt: number | undefined;
}

/** An answer by bytes, in place of the server's own. */
export type Script = (response: ServerResponse, call: ModelCall) => void | Promise<void>;

const anyModel = '*';
const mostBodyBytes = 32 * 2 ** 20;
/** Maximum number of calls that are remembered. */
const mostCalls = 1000;

const embeddingRequest = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.string()).min(1).max(2048)]),
  dimensions: z.int().min(1).max(4096).optional(),
  encoding_format: z.enum(['float', 'base64']).optional(),
});
const imageRequest = z.looseObject({ prompt: z.string(), n: z.int().min(1).max(10).nullish() });

/** A PNG of one pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/**
 * A model server for development: it speaks OpenAI's API, and there is no model behind it. Answers
 * follow from the prompt alone, a unit is a word, and usage is honest. The header `x-model-server`
 * of a request asks for latency and faults: see {@link directionsOf}.
 */
export class ModelServer {
  readonly calls: ModelCall[] = [];
  private readonly server: Server;
  private readonly scripts: Script[] = [];

  constructor(private readonly options: ModelServerOptions) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** Base URL of its API. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.options.port, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Answers the next requests by scripts, one each. */
  answerBy(...scripts: readonly Script[]): void {
    this.scripts.push(...scripts);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { method, url = '' } = request;
      if (method === 'GET' && url === '/health') return sendJson(response, 200, { status: 'ok' });
      if (method === 'GET' && url === '/v1/models') return sendJson(response, 200, this.listed());
      if (method !== 'POST') return refuse(response, 404, `no such path: ${method} ${url}`);
      const call = await this.received(request, response);
      const script = this.scripts.shift();
      await (script ? script(response, call) : this.answer(response, call));
    } catch (error) {
      if (response.headersSent) response.destroy();
      else refuse(response, 400, error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message);
    }
  }

  private async received(request: IncomingMessage, response: ServerResponse): Promise<ModelCall> {
    const body = JSON.parse(await bodyText(request, mostBodyBytes)) as ModelCall['body'];
    const call: ModelCall = { path: request.url!, headers: request.headers, body, units: 0, brokenAt: undefined };
    this.calls.push(call);
    if (this.calls.length > mostCalls) this.calls.shift();
    response.once('close', () => {
      if (!response.writableFinished) call.brokenAt = performance.now();
    });
    return call;
  }

  private async answer(response: ServerResponse, call: ModelCall): Promise<void> {
    const directions = directionsOf(call.headers[directionsHeader]);
    const { status, 'retry-after': retryAfter } = directions;
    if (status !== undefined) {
      if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
      return refuse(response, status, 'the request asked for this error');
    }
    const pauses = {
      'first-unit-ms': this.options.firstUnitMs ?? 0,
      'unit-ms': this.options.unitMs ?? 0,
      ...directions,
    };
    if (call.path === '/v1/chat/completions') return this.chat(response, call, pauses);
    if (call.path === '/v1/embeddings') return embed(response, embeddingRequest.parse(call.body));
    if (call.path === '/v1/images/generations') return draw(response, call, pauses);
    refuse(response, 404, `no such path: ${call.path}`);
  }

  private async chat(response: ServerResponse, call: ModelCall, directions: Directions): Promise<void> {
    const request = chatRequest.parse(call.body);
    const { models } = this.options;
    if (!models.includes(anyModel) && !models.includes(request.model))
      return refuse(response, 404, `no such model: ${request.model}`);
    const answer = planned(request, directions);
    const chat = new ChatAnswer(response, call, { request, answer, directions });
    await (request.stream ? chat.stream() : chat.send());
  }

  private listed() {
    const data = this.options.models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'model-server' }));
    return { object: 'list', data };
  }
}

interface Planned {
  readonly request: ChatRequest;
  readonly answer: PlannedAnswer;
  readonly directions: Directions;
}

/** One answer of a chat, at the pace and with the faults that are asked for. */
class ChatAnswer {
  private readonly head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000) };

  constructor(
    private readonly response: ServerResponse,
    private readonly call: ModelCall,
    private readonly plan: Planned,
  ) {}

  async send(): Promise<void> {
    const { request, answer, directions } = this.plan;
    await pause(this.response, directions['first-unit-ms']);
    for (const { units } of answer.choices) for (const _ of units) if (!(await this.unit())) return;
    const choices = answer.choices.map(({ units, calls, finish }, index) => {
      const text = units.join('');
      const tool_calls = calls && [
        { id: `call_${index}`, type: 'function', function: { name: calls, arguments: text } },
      ];
      const message = tool_calls ? { content: null, tool_calls } : { content: text };
      return {
        index,
        message: { role: 'assistant', refusal: null, ...message },
        logprobs: null,
        finish_reason: finish,
      };
    });
    const usage = usageOf(answer, this.call.units);
    sendJson(this.response, 200, {
      ...this.head,
      ...{ object: 'chat.completion', model: request.model, choices },
      ...(directions['no-usage'] === undefined && { usage }),
    });
  }

  async stream(): Promise<void> {
    const { request, answer, directions } = this.plan;
    const { include_usage: asked, continuous_usage_stats: running } = request.stream_options ?? {};
    const hasUsage = asked && directions['no-usage'] === undefined;
    await pause(this.response, directions['first-unit-ms']);
    this.response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    const usage = () => (hasUsage ? { usage: running ? usageOf(answer, this.call.units) : null } : {});
    const say = (index: number, delta: object, finish: string | null = null) =>
      this.event({ choices: [{ index, delta, logprobs: null, finish_reason: finish }], ...usage() });
    for (const [index, { units, calls, finish }] of answer.choices.entries()) {
      const called = {
        tool_calls: [{ index: 0, id: `call_${index}`, type: 'function', function: { name: calls, arguments: '' } }],
      };
      await say(index, {
        role: 'assistant',
        content: calls === undefined ? '' : null,
        ...(calls !== undefined && called),
      });
      for (const text of units) {
        if (!(await this.unit())) return;
        const part = { tool_calls: [{ index: 0, function: { arguments: text } }] };
        await say(index, calls === undefined ? { content: text } : part);
      }
      await say(index, {}, finish);
    }
    if (hasUsage) await this.event({ choices: [], usage: usageOf(answer, this.call.units) });
    this.response.end('data: [DONE]\n\n');
  }

  /**
   * Waits for the next unit, and counts it.
   * @returns false if there is none: the client has gone, or the answer breaks here
   */
  private async unit(): Promise<boolean> {
    const { directions } = this.plan;
    const { units } = this.call;
    if (directions['dies-after'] === units) {
      this.response.destroy();
      return false;
    }
    if (directions['stalls-after'] === units) return false;
    if (directions['fails-after'] === units) {
      await this.event({ error: { message: 'the request asked for this error', type: 'server_error', code: 500 } });
      this.response.end();
      return false;
    }
    if (units > 0) await pause(this.response, directions['unit-ms']);
    if (this.response.destroyed) return false;
    this.call.units++;
    return true;
  }

  /** Sends an event; resolves once it is on its way, so that a cut connection loses none. */
  private async event(part: object): Promise<void> {
    const { request } = this.plan;
    const chunk = { ...this.head, object: 'chat.completion.chunk', model: request.model, ...part };
    await new Promise<void>((resolve) => this.response.write(`data: ${JSON.stringify(chunk)}\n\n`, () => resolve()));
  }
}

/** Waits, but for no client that has gone. */
async function pause(response: ServerResponse, milliseconds = 0): Promise<void> {
  if (milliseconds === 0 || response.destroyed) return;
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  await passing(milliseconds, undefined, { signal: gone.signal }).catch(() => undefined);
  response.off('close', leave);
}

function embed(response: ServerResponse, request: z.output<typeof embeddingRequest>): void {
  const inputs = [request.input].flat();
  const data = inputs.map((text, index) => {
    const vector = vectorOf(text, request.dimensions ?? 8);
    const bytes = Buffer.from(vector.buffer);
    const embedding = request.encoding_format === 'base64' ? bytes.toString('base64') : [...vector];
    return { object: 'embedding', index, embedding };
  });
  const units = inputs.reduce((sum, text) => sum + unitsIn(text), 0);
  const usage = { prompt_tokens: units, total_tokens: units };
  sendJson(response, 200, { object: 'list', data, model: request.model, usage });
}

/** Answers with images, each a unit, at the pace and with the faults that are asked for. */
async function draw(response: ServerResponse, call: ModelCall, directions: Directions): Promise<void> {
  const { n } = imageRequest.parse(call.body);
  const data: { readonly b64_json: string }[] = [];
  await pause(response, directions['first-unit-ms']);
  for (; data.length < (n ?? 1); call.units++) {
    if (directions['dies-after'] === data.length) return void response.destroy();
    if (directions['stalls-after'] === data.length) return;
    if (data.length > 0) await pause(response, directions['unit-ms']);
    if (response.destroyed) return;
    data.push({ b64_json: pixel });
  }
  sendJson(response, 200, { created: Math.floor(Date.now() / 1000), data });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  sendJson(response, status, { error: { message, type, param: null, code: null } });
}
