import OpenAI from 'openai';
import { each, patienceMs, until } from '../trace/api-client.ts';
import { type Charge, settledCharges } from '../trace/report-usage.ts';
import { type ByUse, isByUse, type Offer } from '../trace/trace-use.ts';
import type { Market, Member, Stage } from './market.ts';
import type { Happened } from './mishaps.ts';
import { isPoor } from './subscribers.ts';

/** Most requests that are made at the gateway: a model takes its time. */
const mostServed = 200;
const concurrency = 24;
/** Most words of a prompt, and most units of an answer. */
const mostInput = 2000;
const mostOutput = 150;

/** Requests of the trace that are made at the gateway, and those that are reported. */
export interface Divided {
  readonly served: readonly Happened[];
  readonly reported: readonly Happened[];
}

/**
 * Every second line that asks a model directly is a request to the gateway, but for those that are
 * late or counted wrong, which the gateway is not, and those of payers without tokens enough.
 */
export function divided(uses: readonly Happened[], offers: readonly Offer[]): Divided {
  const isServed = (use: Happened) => {
    const offer = offers[use.offer]!;
    const isDirect = isByUse(offer) && offer.app === undefined;
    return isDirect && use.row.line % 2 === 1 && !use.isLate && !use.corrected && !isPoor(use.payer);
  };
  const served = uses.filter(isServed).slice(0, mostServed);
  const isAmong = new Set(served);
  return { served, reported: uses.filter((use) => !isAmong.has(use)) };
}

/**
 * Makes requests with OpenAI's own client, half of them streamed. The answers state their units.
 * @returns the uses, with the gateway's ids and these units
 */
export function serve(
  { gateway }: Stage,
  { offers, providers }: Market,
  subscribers: readonly Member[],
  uses: readonly Happened[],
): Promise<Happened[]> {
  const clients = subscribers.map(({ key }) => new OpenAI({ apiKey: key, baseURL: `${gateway}/v1` }));
  return each(uses, concurrency, async (use) => {
    const { model, provider } = offers[use.offer] as ByUse;
    const asked = {
      model: `${model}@${providers[provider as 0 | 1].partyId}`,
      messages: [{ role: 'user' as const, content: wordsOf(Math.min(use.row.contextTokens, mostInput)) }],
      max_tokens: Math.min(use.row.generatedTokens, mostOutput),
    };
    const client = clients[use.payer]!;
    const { requestId, usage } = use.row.line % 4 === 1 ? await streamed(client, asked) : await plain(client, asked);
    if (!requestId || !usage) throw new Error(`the gateway did not state the units of request ${requestId}`);
    const row = { ...use.row, contextTokens: usage.prompt_tokens, generatedTokens: usage.completion_tokens };
    return { ...use, eventId: requestId, row };
  });
}

type Asked = Pick<OpenAI.ChatCompletionCreateParams, 'model' | 'messages' | 'max_tokens'>;

async function plain(client: OpenAI, asked: Asked) {
  const { data, request_id: requestId } = await client.chat.completions
    .create({ ...asked, stream: false })
    .withResponse();
  return { requestId, usage: data.usage };
}

async function streamed(client: OpenAI, asked: Asked) {
  const { data, request_id: requestId } = await client.chat.completions
    .create({ ...asked, stream: true, stream_options: { include_usage: true } })
    .withResponse();
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of data) usage = chunk.usage ?? usage;
  return { requestId, usage };
}

const wordsOf = (count: number) => Array.from({ length: Math.max(1, count) }, (_, index) => `word${index}`).join(' ');

/** Charges of served uses, once all of them are billed or refused. */
export async function chargesOfServed(
  { metering, operatorKey }: Stage,
  { offers }: Market,
  uses: readonly Happened[],
): Promise<readonly Charge[]> {
  const byModel = Map.groupBy(uses, ({ offer }) => (offers[offer] as ByUse).model);
  const charges = await each([...byModel], byModel.size, ([model, ofModel]) =>
    until(`charges of ${model}`, patienceMs, () =>
      settledCharges(metering, operatorKey, `model=${encodeURIComponent(model)}`, ofModel),
    ),
  );
  return charges.flat();
}
