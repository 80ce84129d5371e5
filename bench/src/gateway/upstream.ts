import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A provider's server in a process of its own, as cheap as Node's: every answer is made once. A
 * stream has 200 events in writes of five, each in a turn of the event loop.
 */
const events = 200;
const eventsAtOnce = 5;
const usage = { prompt_tokens: 20, completion_tokens: events, total_tokens: 20 + events };
const of = { id: 'chatcmpl-bench', created: 1_700_000_000, model: 'bench-model' };

const chunk = (choices: readonly object[], more: object = {}) =>
  `data: ${JSON.stringify({ ...of, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
const word = chunk([{ index: 0, delta: { content: ' word' }, finish_reason: null }]);
const words = Buffer.from(word.repeat(eventsAtOnce));
const end = Buffer.from(
  `${chunk([{ index: 0, delta: {}, finish_reason: 'stop' }])}${chunk([], { usage })}data: [DONE]\n\n`,
);
const message = { role: 'assistant', content: 'word '.repeat(events) };
const plain = JSON.stringify({
  ...of,
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason: 'stop' }],
  usage,
});
const embeddings = JSON.stringify({
  object: 'list',
  model: of.model,
  data: [{ object: 'embedding', index: 0, embedding: Array.from({ length: 256 }, (_, index) => index / 256) }],
  usage: { prompt_tokens: 20, total_tokens: 20 },
});

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (data: Buffer) => chunks.push(data));
  request.on('end', () => {
    if (request.url!.endsWith('/embeddings')) answer(response, embeddings);
    else if (Buffer.concat(chunks).includes('"stream":true')) stream(response);
    else answer(response, plain);
  });
});

function answer(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let left = events / eventsAtOnce;
  const write = () => {
    if (left === 0) return response.end(end);
    left -= 1;
    response.write(words);
    return setImmediate(write);
  };
  write();
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
