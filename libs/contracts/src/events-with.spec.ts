import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type EventsOf, moneyEvents, posting, walletEvents, walletMoneyEvents, walletStreamEvents } from './index.ts';
import { event } from './event.ts';
import { eventsWith } from './events-with.ts';

const Moved = event('Moved', 'Tokens moved.', z.strictObject({ postings: z.array(posting).min(2) }));
const MaybeMoved = event(
  'MaybeMoved',
  'Tokens may have moved.',
  z.strictObject({ postings: z.array(posting).optional() }),
);
const MovedOrNot = event(
  'MovedOrNot',
  'Tokens moved, or the reason why not.',
  z.discriminatedUnion('moved', [
    z.strictObject({ moved: z.literal(true), postings: z.array(posting) }),
    z.strictObject({ moved: z.literal(false), code: z.string() }),
  ]),
);
const Refined = event(
  'Refined',
  'Tokens moved.',
  Moved.schema.refine(() => true),
);
const Renamed = event('Renamed', 'A name changed.', z.strictObject({ name: z.string() }));

describe('the events with a field', () => {
  const group = [Moved, MaybeMoved, Renamed, MovedOrNot, Refined] as const;

  it('are all whose schema has it, also where it is optional or in one of several forms', () =>
    expect(eventsWith('postings', group)).toEqual([Moved, MaybeMoved, MovedOrNot, Refined]));

  it('are known to the compiler, so that a projection of them that lacks one does not compile', () => {
    type Money = EventsOf<ReturnType<typeof eventsWith<'postings', typeof group>>>['type'];
    const all: Record<Money, true> = { Moved: true, MaybeMoved: true, MovedOrNot: true, Refined: true };
    // An event without postings is not among them: this would not compile otherwise.
    const moves = [...Object.keys(all), 'Renamed' satisfies Exclude<(typeof group)[number]['type'], Money>];
    expect(moves).toEqual(expect.arrayContaining(group.map(({ type }) => type)));
  });

  it('are not guessed where a schema does not tell its fields', () => {
    const Opaque = event('Opaque', 'Who knows.', z.record(z.string(), z.string()));
    expect(() => eventsWith('postings', [Opaque])).toThrow(
      'Opaque: a schema of the kind record does not tell its fields',
    );
  });
});

describe('the money events', () => {
  it('are those whose golden samples have postings', () => {
    const samples = JSON.parse(readFileSync(new URL('samples/wallet.json', import.meta.url), 'utf8')) as object;
    const posting = Object.entries(samples).filter(([, versions]) => JSON.stringify(versions).includes('"postings":'));
    expect(posting.map(([type]) => type).sort()).toEqual(moneyEvents.map(({ type }) => type).sort());
  });

  it.each([
    ['the wallet', walletEvents, moneyEvents],
    ["the wallets' own streams", walletStreamEvents, walletMoneyEvents],
  ] as const)('of %s would have one more, were an event with postings declared', (_, events, money) => {
    const types = (declarations: readonly { readonly type: string }[]) => declarations.map(({ type }) => type);
    const more = eventsWith('postings', [...events, Moved, Renamed]);
    expect(types(more)).toEqual([...types(money), 'Moved']);
  });
});
