import { type Answered, MalformedAnswer, type StreamForm } from '../asked.ts';
import { type CallPart, chatPartOf } from '../chat-parts.ts';
import { type AnswerForm, namedEvent, suffixOf } from '../converted.ts';
import type { ReadEvent } from '../read-event.ts';
import { type Usage, usageIn } from '../usage.ts';
import { anthropicErrorOf } from './errors.ts';

/** Answers in the form of Anthropic's messages, of those of a chat. */
export const messageForm = (model: string): AnswerForm => ({
  whole: (answer) => JSON.stringify(messageOf(model, answer)),
  stream: (_offer, requestId) => new MessageStream(model, requestId),
  failure: (problem) => namedEvent('error', anthropicErrorOf(problem)),
});

const stopReasons: ReadonlyMap<string, string> = new Map([
  ['stop', 'end_turn'],
  ['length', 'max_tokens'],
  ['tool_calls', 'tool_use'],
  ['function_call', 'tool_use'],
  ['content_filter', 'refusal'],
]);
const stopReasonOf = (finish: string | undefined): string => stopReasons.get(finish ?? 'stop') ?? 'end_turn';

/** Input that was read from a cache is counted apart there. */
const usageOf = ({ input, cached, output }: Usage) => ({
  input_tokens: input - cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: cached,
  output_tokens: output,
});
const noUsage: Usage = { input: 0, cached: 0, output: 0, reasoning: 0 };

const head = (model: string, requestId: string) => ({
  id: `msg_${suffixOf(requestId)}`,
  ...{ type: 'message', role: 'assistant', model },
});

function messageOf(model: string, { json, requestId }: Answered): object {
  const { text, calls, finish } = chatPartOf(json);
  const content = [
    ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
    ...calls.map((call) => ({ ...toolUseOf(call), input: inputOf(call) })),
  ];
  return {
    ...head(model, requestId),
    content,
    ...{ stop_reason: stopReasonOf(finish), stop_sequence: null },
    usage: usageOf(usageIn(json['usage']) ?? noUsage),
  };
}

const toolUseOf = ({ id, name, index }: CallPart) => ({
  ...{ type: 'tool_use', id: id ?? `toolu_${index}`, name: name ?? '', input: {} },
});

function inputOf({ arguments: text }: CallPart): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MalformedAnswer('arguments of a tool that are no JSON');
  }
}

/** A streamed message: blocks one after another, each begun, added to and ended. */
class MessageStream implements StreamForm {
  private hasBegun = false;
  private finish: string | undefined;
  /** Number of the block that is open, and the call of a tool in it. */
  private block = -1;
  private open: 'text' | number | undefined;

  constructor(
    private readonly model: string,
    private readonly requestId: string,
  ) {}

  pass({ json }: ReadEvent): string | undefined {
    const { text, calls, finish } = chatPartOf(json);
    this.finish = finish ?? this.finish;
    const events = [this.begin()];
    if (text !== '') events.push(this.text(text));
    for (const call of calls) events.push(this.call(call));
    const bytes = events.join('');
    return bytes === '' ? undefined : bytes;
  }

  last(usage: Usage | undefined): string {
    const delta = { stop_reason: stopReasonOf(this.finish), stop_sequence: null };
    const end = namedEvent('message_delta', { delta, usage: usageOf(usage ?? noUsage) });
    return this.begin() + this.close() + end + namedEvent('message_stop', {});
  }

  private begin(): string {
    if (this.hasBegun) return '';
    this.hasBegun = true;
    const message = {
      ...head(this.model, this.requestId),
      ...{ content: [], stop_reason: null, stop_sequence: null, usage: usageOf(noUsage) },
    };
    return namedEvent('message_start', { message });
  }

  private text(text: string): string {
    const opened = this.open === 'text' ? '' : this.start('text', { type: 'text', text: '' });
    return opened + this.delta({ type: 'text_delta', text });
  }

  private call(call: CallPart): string {
    const opened = this.open === call.index ? '' : this.startCall(call);
    return call.arguments === ''
      ? opened
      : opened + this.delta({ type: 'input_json_delta', partial_json: call.arguments });
  }

  private startCall(call: CallPart): string {
    // A block that was ended can't be added to.
    if (call.name === undefined) throw new MalformedAnswer('a call of a tool without a name');
    return this.start(call.index, toolUseOf(call));
  }

  private start(open: 'text' | number, block: object): string {
    const closed = this.close();
    this.open = open;
    this.block++;
    return closed + this.event('content_block_start', { content_block: block });
  }

  private delta(delta: object): string {
    return this.event('content_block_delta', { delta });
  }

  private close(): string {
    if (this.open === undefined) return '';
    this.open = undefined;
    return this.event('content_block_stop', {});
  }

  private event(type: string, more: object): string {
    return namedEvent(type, { index: this.block, ...more });
  }
}
