import { MalformedAnswer } from './asked.ts';

type Json = Readonly<Record<string, unknown>>;

/** A call of a tool in a chat's answer, or a part of one. */
export interface CallPart {
  readonly index: number;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly arguments: string;
}

/** What the first choice of a chunk, or of a whole answer, says. */
export interface ChatPart {
  readonly text: string;
  readonly calls: readonly CallPart[];
  /** Why the model stopped: `stop`, `length`, `tool_calls`, `content_filter`. */
  readonly finish: string | undefined;
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Reads the first choice of an answer in the form of chat completions. @throws MalformedAnswer */
export function chatPartOf(json: Json | undefined): ChatPart {
  if (!json) throw new MalformedAnswer('an event that is no JSON object');
  const choices = json['choices'];
  if (!Array.isArray(choices)) throw new MalformedAnswer('an answer without choices');
  const choice: unknown = choices[0];
  if (!isObject(choice)) return { text: '', calls: [], finish: undefined };
  const said = isObject(choice['delta']) ? choice['delta'] : choice['message'];
  const message = isObject(said) ? said : {};
  const calls = Array.isArray(message['tool_calls']) ? (message['tool_calls'] as readonly unknown[]) : [];
  return {
    text: asText(message['content']) ?? '',
    calls: calls.map((call, index) => callPartOf(call, index)),
    finish: asText(choice['finish_reason']),
  };
}

function callPartOf(call: unknown, place: number): CallPart {
  if (!isObject(call)) throw new MalformedAnswer('a call of a tool that is no object');
  const called = isObject(call['function']) ? call['function'] : {};
  return {
    index: typeof call['index'] === 'number' ? call['index'] : place,
    id: asText(call['id']),
    name: asText(called['name']),
    arguments: asText(called['arguments']) ?? '',
  };
}
