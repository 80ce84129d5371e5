import {
  type Catalogue,
  catalogue,
  event,
  type EventOf,
  positiveAmount,
  type Posting,
  posting,
  amount,
} from '@tokengrid/contracts';
import type { Aggregate, Decide } from '@tokengrid/kernel';
import { z } from 'zod';

/**
 * Smallest ledger that can be got wrong: purses, deposits, and transfers that cross lanes by event
 * → policy → command. Every money event carries postings that sum to zero inside its lane.
 */
const purseId = z.string().min(1);
const postings = z.array(posting).min(2);

const Deposited = event('Deposited', 'Tokens came in.', z.strictObject({ tokens: positiveAmount, postings }));
const sent = z.strictObject({ toPurse: purseId, tokens: positiveAmount, postings });
const Sent = event('Sent', 'Tokens left for another purse.', sent);
/** Next version of {@link Sent}, which releases that know only the first one must not read. */
const NewSent = event('Sent', 'Tokens left for another purse.', sent, { 1: (json) => json });
/** {@link Sent} with an additional optional field, in the same version. */
const SentWithMemo = event(
  'Sent',
  'Tokens left for another purse.',
  sent.extend({ memo: z.strictObject({ text: z.string() }).optional() }),
);
/** An event that only a later release knows. */
const Counted = event('Counted', 'Somebody counted what is in a purse.', z.strictObject({ tokens: amount }));
const SendRefused = event(
  'SendRefused',
  'There was not enough to send.',
  z.strictObject({ required: amount, available: amount }),
);
const Received = event(
  'Received',
  'Tokens arrived from another purse.',
  z.strictObject({ tokens: positiveAmount, postings }),
);

const events = [Deposited, Sent, SendRefused, Received] as const;
export type PurseEvent = EventOf<(typeof events)[number]>;

/**
 * Events of the purses in a catalogue of one service; each scenario has a service, and so a topic,
 * of its own.
 */
export const purseCatalogue = (service: string) => catalogue(service, events);

/** Events by release, named by its change. */
const releases = {
  old: events,
  'new-version': [Deposited, NewSent, SendRefused, Received],
  'new-field': [Deposited, SentWithMemo, SendRefused, Received],
  'new-event': [...events, Counted],
} as const;
export type Release = keyof typeof releases;

/** Catalogue of the purses in a release. */
export const catalogueOf = (service: string, release: Release): Catalogue<PurseEvent> =>
  catalogue(service, releases[release]) as unknown as Catalogue<PurseEvent>;

/**
 * Additional statements of a release: the new field, or the new event after a deposit in {@link
 * countedPurse}.
 */
export function statedBy(release: Release, purseId: string, stated: readonly PurseEvent[]): readonly PurseEvent[] {
  if (release === 'new-field') return stated.map((each) => (each.type === 'Sent' ? withMemo(each) : each));
  if (release !== 'new-event' || purseId !== countedPurse) return stated;
  return [...stated, Counted({ tokens: 0n }) as unknown as PurseEvent];
}

/** The only purse with events that only the release `new-event` knows. */
export const countedPurse = 'counted';

const withMemo = ({ type, data }: EventOf<typeof Sent>): PurseEvent =>
  ({ type, data: { ...data, memo: { text: 'thanks' } } }) as PurseEvent;

export interface Purse {
  readonly tokens: bigint;
}

export const purse: Aggregate<Purse, PurseEvent> = {
  name: 'purse',
  stateVersion: 1,
  initial: { tokens: 0n },
  evolve: ({ tokens }, { type, data }) => {
    switch (type) {
      case 'Deposited':
      case 'Received':
        return { tokens: tokens + data.tokens };
      case 'Sent':
        return { tokens: tokens - data.tokens };
      case 'SendRefused':
      // Events that only a later release knows.
      default:
        return { tokens };
    }
  },
};

type PurseDecision<Data> = Decide<Purse, Data & { readonly purseId: string }, PurseEvent, undefined>;

/** A move of tokens within one lane. */
const move = (from: string, to: string, tokens: bigint): Posting[] => [
  { account: from, asset: 'AIT', amount: -tokens },
  { account: to, asset: 'AIT', amount: tokens },
];
const available = (id: string) => `purse:${id}`;

export const deposit: PurseDecision<{ readonly tokens: bigint }> = (_purse, { purseId, tokens }) => [
  Deposited({ tokens, postings: move('issuance', available(purseId), tokens) }),
];

export const send: PurseDecision<{ readonly toPurse: string; readonly tokens: bigint }> = (
  state,
  { purseId, toPurse, tokens },
) =>
  state.tokens < tokens
    ? [SendRefused({ required: tokens, available: state.tokens })]
    : [Sent({ toPurse, tokens, postings: move(available(purseId), 'in-transit', tokens) })];

export const receive: PurseDecision<{ readonly tokens: bigint }> = (_purse, { purseId, tokens }) => [
  Received({ tokens, postings: move('in-transit', available(purseId), tokens) }),
];
