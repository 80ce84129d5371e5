import { fieldFault, shown } from '../request-body.ts';

type Json = Readonly<Record<string, unknown>>;

/** What an Anthropic request says. */
export interface Said {
  readonly system?: unknown;
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[];
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/**
 * Messages of a chat, of Anthropic's.
 * @throws ProblemError 400 for a block that can't be converted
 */
export function chatMessagesOf({ system, messages }: Said): readonly Json[] {
  const instructions = system === undefined ? [] : [{ role: 'system', content: textOf(system, 'system') }];
  return [
    ...instructions,
    ...messages.flatMap(({ role, content }, index) => {
      const at = `messages.${index}`;
      if (role === 'user') return userMessages(content, `${at}.content`);
      if (role === 'assistant') return [assistantMessage(content, `${at}.content`)];
      throw fieldFault(`${at}.role`, 'must be "user" or "assistant"');
    }),
  ];
}

/** A block, whose kind decides what becomes of it. */
interface Block extends Json {
  readonly type: string;
}

function blocksOf(content: unknown, at: string): readonly Block[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw fieldFault(at, 'must be a text, or a list of blocks');
  return (content as readonly unknown[]).map((block, index) => {
    if (!isObject(block) || typeof block['type'] !== 'string') throw fieldFault(`${at}.${index}.type`, 'must be there');
    return block as Block;
  });
}

function unconverted({ type }: Block, at: string) {
  return fieldFault(`${at}.type`, `blocks of type "${shown(type)}" can't be converted to a chat completion here`);
}

function stringIn(block: Block, name: string, at: string): string {
  const value = block[name];
  if (typeof value !== 'string') throw fieldFault(`${at}.${name}`, 'must be a text');
  return value;
}

/** A text, or the texts of blocks that are nothing else. */
function textOf(content: unknown, at: string): string {
  const texts = blocksOf(content, at).map((block, index) => {
    if (block.type !== 'text') throw unconverted(block, `${at}.${index}`);
    return stringIn(block, 'text', `${at}.${index}`);
  });
  return texts.join('\n\n');
}

/** Results of tools come first: they follow the calls. */
function userMessages(content: unknown, at: string): readonly Json[] {
  const results: Json[] = [];
  const parts: Json[] = [];
  const blocks = blocksOf(content, at);
  if (blocks.length === 0) throw fieldFault(at, 'must not be empty');
  for (const [index, block] of blocks.entries()) {
    const place = `${at}.${index}`;
    if (block.type === 'text') parts.push({ type: 'text', text: stringIn(block, 'text', place) });
    else if (block.type === 'tool_result') {
      const said = block['content'] === undefined ? '' : textOf(block['content'], `${place}.content`);
      results.push({ role: 'tool', tool_call_id: stringIn(block, 'tool_use_id', place), content: said });
    } else throw unconverted(block, place);
  }
  if (parts.length === 0) return results;
  return [...results, { role: 'user', content: parts.length === 1 ? parts[0]!['text'] : parts }];
}

function assistantMessage(content: unknown, at: string): Json {
  const calls: Json[] = [];
  let text = '';
  for (const [index, block] of blocksOf(content, at).entries()) {
    const place = `${at}.${index}`;
    if (block.type === 'text') text += stringIn(block, 'text', place);
    else if (block.type === 'tool_use') {
      const called = { name: stringIn(block, 'name', place), arguments: JSON.stringify(block['input'] ?? {}) };
      calls.push({ id: stringIn(block, 'id', place), type: 'function', function: called });
    } else if (!block.type.endsWith('thinking')) throw unconverted(block, place);
    // What a model thought in an earlier turn is no part of a chat.
  }
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Texts of a chat's messages and tools, for a tokenizer. */
export function textsIn({
  messages,
  tools,
}: {
  readonly messages: readonly Json[];
  readonly tools?: unknown;
}): readonly string[] {
  const said = messages.flatMap(({ content, tool_calls: calls }) => [
    ...(typeof content === 'string' ? [content] : ((content ?? []) as readonly Json[]).map(({ text }) => String(text))),
    ...(calls === undefined ? [] : [JSON.stringify(calls)]),
  ]);
  return tools === undefined ? said : [...said, JSON.stringify(tools)];
}
