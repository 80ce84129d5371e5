import { fieldFault, shown } from '../request-body.ts';
import type { ResponsesRequest } from './responses-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const roles = new Set(['user', 'assistant', 'system', 'developer']);
const textTypes = new Set<unknown>(['input_text', 'output_text', 'text']);

/** Messages of a chat, of the items of a response's input. @throws ProblemError 400 */
export function chatMessagesOf({
  instructions,
  input,
}: Pick<ResponsesRequest, 'instructions' | 'input'>): readonly Json[] {
  const messages: Json[] = instructions ? [{ role: 'system', content: instructions }] : [];
  if (typeof input === 'string') return [...messages, { role: 'user', content: input }];
  for (const [index, item] of input.entries()) addItem(messages, item, `input.${index}`);
  if (messages.length === 0) throw fieldFault('input', 'must not be empty');
  return messages;
}

function addItem(messages: Json[], item: Json, at: string): void {
  const { type = 'message' } = item;
  switch (type) {
    case 'message':
      messages.push(messageOf(item, at));
      return;
    case 'function_call':
      addCall(messages, item, at);
      return;
    case 'function_call_output':
      messages.push({
        role: 'tool',
        tool_call_id: stringIn(item, 'call_id', at),
        content: textOf(item['output'], `${at}.output`),
      });
      return;
    case 'reasoning':
      // What a model thought in an earlier turn is no part of a chat.
      return;
    default:
      throw fieldFault(`${at}.type`, `items of type "${shown(type)}" can't be converted`);
  }
}

function messageOf(item: Json, at: string): Json {
  const role = stringIn(item, 'role', at);
  if (!roles.has(role)) throw fieldFault(`${at}.role`, 'must be user, assistant, system or developer');
  return { role: role === 'developer' ? 'system' : role, content: textOf(item['content'], `${at}.content`) };
}

/** Calls that follow one another are of one message. */
function addCall(messages: Json[], item: Json, at: string): void {
  const called = { name: stringIn(item, 'name', at), arguments: stringIn(item, 'arguments', at) };
  const call = { id: stringIn(item, 'call_id', at), type: 'function', function: called };
  const last = messages.at(-1);
  if (last?.['role'] !== 'assistant') {
    messages.push({ role: 'assistant', content: null, tool_calls: [call] });
    return;
  }
  const calls = (last['tool_calls'] ?? []) as readonly Json[];
  messages[messages.length - 1] = { ...last, tool_calls: [...calls, call] };
}

function textOf(content: unknown, at: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw fieldFault(at, 'must be a text, or a list of parts');
  const texts = (content as readonly (Json | null)[]).map((part, index) => {
    const type = part?.['type'];
    if (!part || !textTypes.has(type))
      throw fieldFault(`${at}.${index}.type`, `parts of type "${shown(type)}" can't be converted`);
    return stringIn(part, 'text', `${at}.${index}`);
  });
  return texts.join('\n\n');
}

function stringIn(item: Json, name: string, at: string): string {
  const value = item[name];
  if (typeof value !== 'string') throw fieldFault(`${at}.${name}`, 'must be a text');
  return value;
}
