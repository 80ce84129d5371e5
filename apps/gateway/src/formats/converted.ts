import type { Asked } from './asked.ts';
import { chatOf } from './openai/chat-request.ts';

/** Form of answers that are made of a chat's. */
export type AnswerForm = Required<Pick<Asked, 'whole' | 'stream' | 'failure'>>;

/**
 * A request that goes on as a chat completion.
 * @param chat body of the chat, by which its units are known too
 */
export function convertedTo(chat: object, form: AnswerForm): Asked {
  const asked = chatOf(chat);
  const { model, preferences, affinity, isStreamed, path, makes, begins } = asked;
  return {
    ...{ model, preferences, affinity, isStreamed, path, makes, begins },
    inputTexts: () => asked.inputTexts(),
    bodyFor: (offer) => asked.bodyFor(offer),
    whole: (answer) => form.whole(answer),
    stream: (offer, requestId) => form.stream(offer, requestId),
    failure: (problem) => form.failure(problem),
  };
}

/** Suffix of an id, for ids of an answer's parts. */
export const suffixOf = (requestId: string): string => requestId.slice(requestId.indexOf('_') + 1);

/** An event with a name, which its data repeats. */
export const namedEvent = (type: string, data: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
