import { z } from 'zod';
import { unitsAhead } from '../../counting/estimates.ts';
import type { Asked, Begins, ServingOffer } from '../asked.ts';
import { membersOf, withMembers } from '../json-object.ts';
import { preferencesOf, providerField } from '../preferences.ts';
import { type RequestBody, requestBodyOf, valueOf } from '../request-body.ts';
import { ChatStream } from './chat-stream.ts';
import { openAiErrorOf } from './errors.ts';

/** Maximum length of a model's name with its provider's, in characters. */
export const mostNameCharacters = 200;
/** Maximum of a number of units that a request may ask for. */
export const mostUnitsAsked = 1_000_000_000;
/** Units of output that are set aside before an answer begins. */
const firstUnits = 64;
/** Units of an image or a file in the input, as an estimate. */
const unitsOfAttachment = 1000;
/** Characters of the first message that tell conversations apart. */
const affinityCharacters = 2000;

const units = z.int().min(1).max(mostUnitsAsked).nullish();

/** The members of a chat request that the gateway reads; all others go on as they are. */
const chatRequest = z.looseObject({
  model: z.string().min(1).max(mostNameCharacters),
  messages: z.array(z.unknown()).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.int().min(1).max(128).nullish(),
  max_tokens: units,
  max_completion_tokens: units,
  tools: z.array(z.unknown()).nullish(),
  prompt_cache_key: z.string().nullish(),
  provider: providerField,
});
type ChatRequest = z.output<typeof chatRequest>;

/** Reads a request of OpenAI's chat completions. @throws ProblemError 400 */
export const chatAsked = (bytes: unknown): Asked => new ChatAsked(requestBodyOf(bytes, chatRequest));

/**
 * A chat completion whose body was made here, of a caller's request.
 * @throws ProblemError 400 for what a chat can't have
 */
export function chatOf(body: object): Asked {
  const text = JSON.stringify(body);
  return new ChatAsked({ text, members: membersOf(text), value: valueOf(body, chatRequest) });
}

/** A chat completion, passed on: its body changes only where the gateway has to ask for more. */
class ChatAsked implements Asked {
  readonly path = '/chat/completions';
  readonly makes = 'text';
  readonly model;
  readonly preferences;
  readonly affinity;
  readonly isStreamed;
  readonly begins;
  readonly failure: Asked['failure'] = (problem) => `data: ${JSON.stringify(openAiErrorOf(problem))}\n\n`;

  constructor(private readonly body: RequestBody<ChatRequest>) {
    const { value } = body;
    this.model = value.model;
    this.preferences = preferencesOf(value.provider);
    this.affinity = value.prompt_cache_key ?? inputTextsOf(value)[0]?.slice(0, affinityCharacters) ?? '';
    this.isStreamed = value.stream === true;
    this.begins = beginsOf(value);
  }

  inputTexts(): readonly string[] {
    return inputTextsOf(this.body.value);
  }

  bodyFor({ model, hasRunningUsage = false }: ServingOffer): string {
    const { text, members, value } = this.body;
    const replaced = new Map<string, string | undefined>([['provider', undefined]]);
    if (value.model !== model) replaced.set('model', JSON.stringify(model));
    if (this.isStreamed) {
      const running = hasRunningUsage && { continuous_usage_stats: true };
      replaced.set('stream_options', JSON.stringify({ ...value.stream_options, include_usage: true, ...running }));
    }
    return withMembers(text, members, replaced);
  }

  stream({ hasRunningUsage = false }: ServingOffer): ChatStream {
    const options = this.body.value.stream_options;
    const wantsRunningUsage = options?.['continuous_usage_stats'] === true;
    return new ChatStream({
      hidesUsage: options?.include_usage !== true,
      hidesRunningUsage: hasRunningUsage && !wantsRunningUsage,
    });
  }
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Units that a chat needs to begin. */
function beginsOf(request: ChatRequest): Begins {
  const { messages, n, max_tokens: most, max_completion_tokens: mostInAll } = request;
  const bytes = inputTextsOf(request).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const attachments = messages.reduce<number>((sum, message) => sum + attachmentsIn(message), 0);
  return {
    input: unitsAhead(bytes) + attachments * unitsOfAttachment,
    output: Math.min(firstUnits, most ?? firstUnits, mostInAll ?? firstUnits) * (n ?? 1),
    images: 0,
  };
}

/** Texts of the messages, and of the tools that are described. */
function inputTextsOf({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): readonly string[] {
  const said = messages.flatMap((message) => (isObject(message) ? textsOf(message) : []));
  return tools && tools.length > 0 ? [...said, JSON.stringify(tools)] : said;
}

function textsOf({ content, tool_calls: calls }: Json): readonly string[] {
  const called = Array.isArray(calls) && calls.length > 0 ? [JSON.stringify(calls)] : [];
  if (typeof content === 'string') return [content, ...called];
  const parts = Array.isArray(content) ? (content as readonly unknown[]) : [];
  return [
    ...parts.flatMap((part) => (isObject(part) && typeof part['text'] === 'string' ? [part['text']] : [])),
    ...called,
  ];
}

function attachmentsIn(message: unknown): number {
  const content = isObject(message) ? message['content'] : undefined;
  return Array.isArray(content) ? content.filter((part) => isObject(part) && part['text'] === undefined).length : 0;
}
