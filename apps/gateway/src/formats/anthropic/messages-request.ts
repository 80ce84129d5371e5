import { z } from 'zod';
import type { Asked } from '../asked.ts';
import { convertedTo } from '../converted.ts';
import { mostNameCharacters, mostUnitsAsked } from '../openai/chat-request.ts';
import { providerField } from '../preferences.ts';
import { fieldFault, requestBodyOf, shown } from '../request-body.ts';
import { chatMessagesOf, textsIn } from './chat-messages.ts';
import { messageForm } from './message-form.ts';

const tool = z.looseObject({
  type: z.string().optional(),
  name: z.string().min(1).max(200),
  description: z.string().optional(),
  input_schema: z.looseObject({}).optional(),
  strict: z.boolean().optional(),
});

const toolChoice = z.looseObject({
  type: z.enum(['auto', 'any', 'tool', 'none']),
  name: z.string().optional(),
  disable_parallel_tool_use: z.boolean().optional(),
});

/** What both kinds of requests have. */
const counted = {
  model: z.string().min(1).max(mostNameCharacters),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })).min(1),
  system: z.unknown().optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  thinking: z.looseObject({ type: z.string() }).optional(),
};

const messagesRequest = z.looseObject({
  ...counted,
  max_tokens: z.int().min(1).max(mostUnitsAsked),
  stream: z.boolean().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  stop_sequences: z.array(z.string()).optional(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).optional(),
  provider: providerField,
});
type MessagesRequest = z.output<typeof messagesRequest>;
const countRequest = z.looseObject(counted);

/** Fields that say nothing about the answer itself. */
const ignored = ['service_tier', 'cache_control', 'inference_geo', 'betas'];
const known = new Set([...Object.keys(messagesRequest.shape), ...ignored]);

/**
 * Reads a request of Anthropic's messages, which goes on as a chat: text and tools.
 * @throws ProblemError 400, also for what can't be converted
 */
export function messagesAsked(bytes: unknown): Asked {
  const { value } = requestBodyOf(bytes, messagesRequest);
  refuseUnconverted(value);
  return convertedTo(chatOfMessages(value), messageForm(value.model));
}

/** Model and texts of a request whose units are to be counted. @throws ProblemError 400 */
export function messagesToCount(bytes: unknown): { readonly model: string; readonly texts: readonly string[] } {
  const { value } = requestBodyOf(bytes, countRequest);
  refuseUnconverted(value);
  const chat = { model: value.model, messages: chatMessagesOf(value), ...toolsOf(value) };
  return { model: value.model, texts: textsIn(chat) };
}

function refuseUnconverted(request: z.output<typeof countRequest>): void {
  for (const name of Object.keys(request)) if (!known.has(name)) throw unconverted(name);
  const { thinking } = request;
  if (thinking && thinking.type !== 'disabled') throw unconverted('thinking');
}

const unconverted = (name: string) => fieldFault(name, "can't be converted to a chat completion");

function chatOfMessages(request: MessagesRequest): object {
  const { model, stream, temperature, top_p, stop_sequences: stop, metadata, provider, max_tokens } = request;
  return {
    ...{ model, messages: chatMessagesOf(request), max_tokens, ...toolsOf(request) },
    ...(stream !== undefined && { stream }),
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
    ...(metadata?.user_id && { user: metadata.user_id }),
    ...(provider && { provider }),
  };
}

function toolsOf({ tools, tool_choice: choice }: Pick<MessagesRequest, 'tools' | 'tool_choice'>): object {
  if (!tools || tools.length === 0) return {};
  return {
    tools: tools.map(({ type = 'custom', name, description, input_schema: parameters, strict }, index) => {
      if (type !== 'custom')
        throw fieldFault(`tools.${index}.type`, `tools of type "${shown(type)}" can't be converted`);
      const described = { ...(description !== undefined && { description }), ...(strict !== undefined && { strict }) };
      return { type: 'function', function: { name, ...described, parameters: parameters ?? {} } };
    }),
    ...(choice && { tool_choice: chosen(choice) }),
    ...(choice?.disable_parallel_tool_use && { parallel_tool_calls: false }),
  };
}

function chosen({ type, name }: z.output<typeof toolChoice>): unknown {
  if (type === 'any') return 'required';
  if (type !== 'tool') return type;
  if (name === undefined) throw fieldFault('tool_choice.name', 'must be there');
  return { type: 'function', function: { name } };
}
