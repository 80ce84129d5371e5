import { z } from 'zod';
import type { Directions } from './directions.ts';
import { lengthOf, unitsIn, unitsOf } from './words.ts';

const message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() })), z.null()]).optional(),
});

const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string(),
    parameters: z
      .looseObject({ properties: z.record(z.string(), z.looseObject({ type: z.string().optional() })).optional() })
      .optional(),
  }),
});

const most = z.int().min(1);

/** The part of a chat request that the server knows; it ignores all else. */
export const chatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z
    .looseObject({ include_usage: z.boolean().optional(), continuous_usage_stats: z.boolean().optional() })
    .nullish(),
  n: most.max(128).nullish(),
  max_tokens: most.nullish(),
  max_completion_tokens: most.nullish(),
  reasoning_effort: z.string().nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z.unknown().optional(),
});
export type ChatRequest = z.output<typeof chatRequest>;

/** Units of reasoning, which are not shown, where `reasoning_effort` asks for it. */
const reasoningUnits = 8;

/** An answer, as decided before its first unit. */
export interface PlannedAnswer {
  readonly promptUnits: number;
  readonly reasoningUnits: number;
  /** Choices, each in pieces of one unit. */
  readonly choices: readonly PlannedChoice[];
}

interface PlannedChoice {
  readonly units: readonly string[];
  /** Name of the called function, whose arguments the units are. */
  readonly calls: string | undefined;
  readonly finish: 'stop' | 'length' | 'tool_calls';
}

/** Plans an answer: the same request has the same one. */
export function planned(request: ChatRequest, { units }: Directions): PlannedAnswer {
  const texts = request.messages.map(({ content }) =>
    typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join(' '),
  );
  const most = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
  const thought = request.reasoning_effort && request.reasoning_effort !== 'none' ? reasoningUnits : 0;
  const called = toolToCall(request);
  return {
    promptUnits: texts.reduce((sum, text) => sum + unitsIn(text), 0),
    reasoningUnits: thought,
    choices: Array.from({ length: request.n ?? 1 }, (_, index): PlannedChoice => {
      if (called) return called;
      const seed = `${index}\n${texts.join('\n')}`;
      const wanted = units ?? lengthOf(seed);
      const length = Math.min(wanted, most);
      return { units: unitsOf(seed, length), calls: undefined, finish: length < wanted ? 'length' : 'stop' };
    }),
  };
}

const values: Readonly<Record<string, unknown>> = { number: 1, integer: 1, boolean: true, array: [], object: {} };

/** A call of the first tool, until its result is among the messages. */
function toolToCall({ tools, tool_choice: choice, messages }: ChatRequest): PlannedChoice | undefined {
  const [first] = tools ?? [];
  if (!first || choice === 'none' || messages.at(-1)!.role === 'tool') return undefined;
  const { name, parameters } = first.function;
  const filled = Object.entries(parameters?.properties ?? {}).map(([property, { type = 'string' }]) => [
    property,
    values[type] ?? 'harbor',
  ]);
  // Spaces make its units those of a text.
  const text = JSON.stringify(Object.fromEntries(filled), undefined, 1).replaceAll(/\n\s*/g, ' ');
  return { units: text.match(/\s*\S+/g) ?? [], calls: name, finish: 'tool_calls' };
}

/** Usage in the form of OpenAI, after so many units of output. */
export function usageOf({ promptUnits, reasoningUnits: thought }: PlannedAnswer, outputUnits: number) {
  const completion = outputUnits + thought;
  return {
    prompt_tokens: promptUnits,
    completion_tokens: completion,
    total_tokens: promptUnits + completion,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: thought },
  };
}
