import type { Problem } from '@tokengrid/service';
import { type Answered, MalformedAnswer, type StreamForm } from '../asked.ts';
import { type CallPart, chatPartOf } from '../chat-parts.ts';
import { type AnswerForm, namedEvent, suffixOf } from '../converted.ts';
import type { ReadEvent } from '../read-event.ts';
import { type Usage, usageIn } from '../usage.ts';
import { openAiErrorOf } from './errors.ts';
import type { ResponsesRequest } from './responses-schema.ts';

/** Answers in the form of OpenAI's responses, of those of a chat. */
export const responseForm = (request: ResponsesRequest): AnswerForm => ({
  whole: (answer) => JSON.stringify(responseOf(request, answer)),
  stream: (_offer, requestId) => new ResponseStream(request, requestId),
  failure: (problem: Problem) => {
    const { message, code, param } = openAiErrorOf(problem).error;
    return namedEvent('error', { code, message, param, sequence_number: 0 });
  },
});

/** Characters of an answer that a stream repeats at its end. */
const mostCharacters = 8 * 2 ** 20;

const noUsage: Usage = { input: 0, cached: 0, output: 0, reasoning: 0 };

const usageOf = ({ input, cached, output, reasoning }: Usage) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: input + output,
});

interface State {
  readonly id: string;
  readonly created: number;
  readonly status: 'in_progress' | 'completed' | 'incomplete';
  readonly output: readonly object[];
  readonly usage: Usage | undefined;
}

/** A response, with what its request said. */
function response(request: ResponsesRequest, { id, created, status, output, usage }: State): object {
  const { instructions, max_output_tokens, metadata, model, parallel_tool_calls, temperature, top_p } = request;
  const { reasoning, text, tool_choice, tools } = request;
  return {
    ...{ id, object: 'response', created_at: created, status, error: null },
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    ...{ instructions: instructions ?? null, max_output_tokens: max_output_tokens ?? null, model, output },
    ...{ parallel_tool_calls: parallel_tool_calls ?? true, previous_response_id: null },
    ...{ reasoning: { effort: reasoning?.effort ?? null, summary: null }, store: false },
    ...{ temperature: temperature ?? null, text: text ?? { format: { type: 'text' } } },
    ...{ tool_choice: tool_choice ?? 'auto', tools: tools ?? [], top_p: top_p ?? null, truncation: 'disabled' },
    ...{ usage: usage ? usageOf(usage) : null, user: null, metadata: metadata ?? {} },
  };
}

const statusOf = (finish: string | undefined) => (finish === 'length' ? 'incomplete' : 'completed');
const createdOf = (created: unknown): number => (typeof created === 'number' ? created : 0);

const textPart = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });

const messageItem = (id: string, status: string, content: readonly object[]) => ({
  ...{ type: 'message', id, status, role: 'assistant', content },
});

const callItem = (id: string, status: string, { id: callId, name, arguments: text, index }: CallPart) => ({
  ...{ type: 'function_call', id, call_id: callId ?? `call_${index}`, name: name ?? '', arguments: text, status },
});

function responseOf(request: ResponsesRequest, { json, requestId }: Answered): object {
  const { text, calls, finish } = chatPartOf(json);
  const suffix = suffixOf(requestId);
  const said = text === '' ? [] : [messageItem(`msg_${suffix}`, 'completed', [textPart(text)])];
  return response(request, {
    id: `resp_${suffix}`,
    created: createdOf(json['created']),
    status: statusOf(finish),
    output: [...said, ...calls.map((call, index) => callItem(`fc_${suffix}_${index}`, 'completed', call))],
    usage: usageIn(json['usage']) ?? noUsage,
  });
}

/** The item of a response that is being written. */
type OpenItem =
  | { readonly kind: 'message'; readonly id: string; text: string }
  | { readonly kind: 'call'; readonly id: string; call: CallPart };

/** A streamed response: items one after another, each begun, added to and repeated at its end. */
class ResponseStream implements StreamForm {
  private sequence = 0;
  private created: number | undefined;
  private finish: string | undefined;
  private readonly items: object[] = [];
  private open: OpenItem | undefined;
  private characters = 0;
  private readonly suffix: string;

  constructor(
    private readonly request: ResponsesRequest,
    requestId: string,
  ) {
    this.suffix = suffixOf(requestId);
  }

  pass({ json }: ReadEvent): string | undefined {
    const { text, calls, finish } = chatPartOf(json);
    this.finish = finish ?? this.finish;
    const events = [this.begin(json?.['created'])];
    if (text !== '') events.push(this.text(text));
    for (const call of calls) events.push(this.call(call));
    const bytes = events.join('');
    return bytes === '' ? undefined : bytes;
  }

  last(usage: Usage | undefined): string {
    const status = statusOf(this.finish);
    const closed = this.begin(0) + this.close();
    return closed + this.event(`response.${status}`, { response: this.state(status, usage ?? noUsage) });
  }

  private state(status: State['status'], usage?: Usage): object {
    const { created = 0, items, suffix } = this;
    return response(this.request, { id: `resp_${suffix}`, created, status, output: items, usage });
  }

  private begin(created: unknown): string {
    if (this.created !== undefined) return '';
    this.created = createdOf(created);
    const begun = this.event('response.created', { response: this.state('in_progress') });
    return begun + this.event('response.in_progress', { response: this.state('in_progress') });
  }

  private text(delta: string): string {
    const opened = this.open?.kind === 'message' ? '' : this.startMessage();
    const open = this.open as Extract<OpenItem, { kind: 'message' }>;
    open.text += this.kept(delta);
    return opened + this.partEvent('response.output_text.delta', open.id, { delta, logprobs: [] });
  }

  private startMessage(): string {
    const closed = this.close();
    const id = `msg_${this.suffix}_${this.items.length}`;
    this.open = { kind: 'message', id, text: '' };
    const begun = this.itemEvent('response.output_item.added', messageItem(id, 'in_progress', []));
    return closed + begun + this.partEvent('response.content_part.added', id, { part: textPart('') });
  }

  private call(part: CallPart): string {
    const { open } = this;
    const isOpen = open?.kind === 'call' && open.call.index === part.index;
    const opened = isOpen ? '' : this.startCall(part);
    if (part.arguments === '') return opened;
    const now = this.open as Extract<OpenItem, { kind: 'call' }>;
    now.call = { ...now.call, arguments: now.call.arguments + this.kept(part.arguments) };
    const at = { item_id: now.id, output_index: this.items.length };
    return opened + this.event('response.function_call_arguments.delta', { ...at, delta: part.arguments });
  }

  private startCall(part: CallPart): string {
    // An item that was ended can't be added to.
    if (part.name === undefined) throw new MalformedAnswer('a call of a tool without a name');
    const closed = this.close();
    const id = `fc_${this.suffix}_${this.items.length}`;
    const call = { ...part, arguments: '' };
    this.open = { kind: 'call', id, call };
    return closed + this.itemEvent('response.output_item.added', callItem(id, 'in_progress', call));
  }

  private close(): string {
    const { open } = this;
    if (!open) return '';
    this.open = undefined;
    const [item, ended] = open.kind === 'message' ? this.endMessage(open) : this.endCall(open);
    const done = ended + this.itemEvent('response.output_item.done', item);
    this.items.push(item);
    return done;
  }

  private endMessage({ id, text }: Extract<OpenItem, { kind: 'message' }>): readonly [object, string] {
    const part = textPart(text);
    const ended = this.partEvent('response.output_text.done', id, { text, logprobs: [] });
    return [messageItem(id, 'completed', [part]), ended + this.partEvent('response.content_part.done', id, { part })];
  }

  private endCall({ id, call }: Extract<OpenItem, { kind: 'call' }>): readonly [object, string] {
    const at = { item_id: id, output_index: this.items.length };
    const told = { ...at, name: call.name, arguments: call.arguments };
    return [callItem(id, 'completed', call), this.event('response.function_call_arguments.done', told)];
  }

  /** @throws MalformedAnswer for an answer that is too long to be repeated */
  private kept(text: string): string {
    this.characters += text.length;
    if (this.characters > mostCharacters) throw new MalformedAnswer('an answer that is too long for this form');
    return text;
  }

  private partEvent(type: string, itemId: string, more: object): string {
    return this.event(type, { item_id: itemId, output_index: this.items.length, content_index: 0, ...more });
  }

  private itemEvent(type: string, item: object): string {
    return this.event(type, { output_index: this.items.length, item });
  }

  private event(type: string, data: object): string {
    return namedEvent(type, { sequence_number: this.sequence++, ...data });
  }
}
