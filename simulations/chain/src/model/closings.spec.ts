import { describe, expect, it } from '@jest/globals';
import { closingAt, restOf } from './closings.ts';
import { CountedUses } from './counted-uses.ts';
import { Facts } from './facts.ts';

const at = Date.parse;
const prices = [{ meter: 'calls', model: 'per-unit' as const, unitPrice: '2' }];
const version = (number: number, from: string, plan: { minimumCharge?: bigint; trialDays?: number }) => ({
  ...{ version: number, from: at(from), operatorBps: 1000, aggregations: {} },
  plans: { team: { prices, ...plan } },
});
const subscription = { id: 'sbn', partyId: 'payer', slug: 'maps', plan: 'team', from: at('2026-01-31T12:00:00Z') };

function market(...versions: readonly ReturnType<typeof version>[]): Facts {
  const facts = new Facts();
  for (const each of versions) facts.publish({ slug: 'maps', developerId: 'developer' }, each);
  return facts;
}

describe('the reference model of the ends of periods', () => {
  it('has a month come to no less than its minimum, and shares what is missing', () => {
    const facts = market(version(1, '2026-01-01T00:00:00Z', { minimumCharge: 100n }));
    const closing = closingAt(facts, subscription, at('2026-02-03T00:00:00Z'))!;
    expect(closing).toMatchObject({ from: subscription.from, until: at('2026-02-28T12:00:00Z'), least: 100n });
    const counted = new CountedUses();
    counted.add('sbn', closing.from, { usageId: '1', time: closing.from, units: { calls: '15' } });
    expect(restOf(closing, counted)).toEqual({
      tokens: 70n,
      earners: [
        { role: 'operator', partyId: 'operator', tokens: 7n },
        { role: 'developer', partyId: 'developer', tokens: 63n },
      ],
    });
    counted.add('sbn', closing.from, { usageId: '2', time: closing.from, units: { calls: '50' } });
    expect(restOf(closing, counted)).toEqual({ tokens: 0n, earners: [] });
  });

  it('has a minimum for the time that was subscribed and not free, of a version that counts from its start on', () => {
    const free = market(version(1, '2026-01-01T00:00:00Z', { minimumCharge: 2800n, trialDays: 7 }));
    expect(closingAt(free, subscription, subscription.from)!.least).toBe(2100n);
    const later = market(
      version(1, '2026-01-01T00:00:00Z', {}),
      version(2, '2026-02-14T12:00:00Z', { minimumCharge: 2800n }),
    );
    const half = closingAt(later, subscription, at('2026-02-20T00:00:00Z'))!;
    expect([half.from, half.least]).toEqual([at('2026-02-14T12:00:00Z'), 1400n]);
  });

  it('ends with the subscription, with a minimum for its part of the month', () => {
    const facts = market(version(1, '2026-01-01T00:00:00Z', { minimumCharge: 2800n }));
    const ended = { ...subscription, until: at('2026-02-07T12:00:00Z') };
    const closing = closingAt(facts, ended, at('2026-02-03T00:00:00Z'))!;
    expect([closing.until, closing.least]).toEqual([ended.until, 700n]);
  });

  it('has no end without a minimum', () => {
    expect(closingAt(market(version(1, '2026-01-01T00:00:00Z', {})), subscription, subscription.from)).toBeUndefined();
  });
});
