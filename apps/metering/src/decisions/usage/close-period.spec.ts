import { describe, expect, it } from '@jest/globals';
import { type MeteringEvent, type RatedUse } from '@tokengrid/contracts';
import { givenFor, NotYet, someContext } from '@tokengrid/kernel';
import { developer, january, subscriber, team, teamUse, use } from '../examples.fixture.ts';
import type { Terms } from '../rules/terms.ts';
import { payer, type Use } from '../state/payer.ts';
import { closePeriod } from './close-period.ts';
import { rateUses } from './rate-uses.ts';

const given = givenFor(payer);
const partyId = subscriber;
const close = { partyId, app: 'translate', plan: team, minimum: 3000n, dueAt: 0 };
const requests = (count: number, eventId: string): Use => {
  const { model: _, ...rest } = use;
  return {
    ...rest,
    usageId: `usg_${eventId.padStart(26, '0')}`,
    eventId,
    app: 'translate',
    units: { requests: String(count) },
  };
};
const rated = (history: readonly MeteringEvent[], count: number, terms: Terms = teamUse) => {
  const uses = [{ use: requests(count, String(history.length)), terms }];
  return given(...history).when(rateUses, { partyId, uses }).decided[0] as MeteringEvent;
};
const closed = (...history: readonly MeteringEvent[]) =>
  given(...history).when(closePeriod, close).decided[0] as MeteringEvent;
const useIn = (event: MeteringEvent): RatedUse =>
  (event as Extract<MeteringEvent, { type: 'UsageRated' }>).data.uses[0]!;

describe('closePeriod', () => {
  it("states what is missing of the period's minimum, as a use of its last moment", () => {
    const { usageId, ...rest } = useIn(closed(rated([], 101)));
    expect(rest).toEqual({
      ...{ source: 'tokengrid:period', eventId: `${january.subscriptionId}/${january.from}`, reportedBy: 'operator' },
      ...{ time: '2026-01-31T23:59:59.999Z', app: 'translate', units: {} },
      ...{ chargeId: usageId.replace('usg', 'chg'), plan: 'team', tokens: 2000n, priceVersion: 'app:translate:team@2' },
      lines: [{ of: 'app:translate:team', kind: 'minimum', tokens: 2000n }],
      operatorBps: 2000,
      shares: [
        { role: 'operator', partyId: 'operator', tokens: 400n },
        { role: 'developer', partyId: developer, tokens: 1600n },
      ],
      counted: { ...january, change: { counted: [], takenBack: [], lines: 0n, minimum: 3000n } },
    });
  });

  it('waits until the period and its late uses are over, by the clock of the lane', () =>
    expect(() => given().when(closePeriod, { ...close, dueAt: someContext.time + 1 }, someContext)).toThrow(NotYet));

  it('charges the whole minimum of a period without uses', () => {
    expect(useIn(closed())).toMatchObject({ tokens: 3000n });
  });

  it('names the key that subscribed, whose caps bind the charge', () => {
    const key = 'key_01jzz0000000000000000000k1';
    expect(given().when(closePeriod, { ...close, key }).decided).toMatchObject([
      { data: { uses: [{ tokens: 3000n, key }] } },
    ]);
  });

  it('charges nothing for one that came to more, and remembers the least that it comes to', () => {
    const event = closed(rated([], 104));
    expect(useIn(event)).toMatchObject({ tokens: 0n, lines: [], counted: { change: { minimum: 3000n } } });
  });

  it('leaves to a late use what it adds above the minimum', () => {
    const history = [rated([], 101)];
    history.push(closed(...history));
    const late = rated(history, 3);
    expect(useIn(late).tokens).toBe(1000n);
    expect(useIn(late).lines).toMatchObject([{ tokens: 3000n }, { kind: 'minimum', tokens: -2000n }]);
  });

  it('charges nothing for a period that is not remembered any more', () => {
    const march = { ...january, from: '2026-03-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' };
    const history = [rated([], 101)];
    const later = { ...requests(1, '99'), time: '2026-03-20T00:00:00.000Z' };
    const uses = [{ use: later, terms: { known: true, app: { ...team, period: march } } as Terms }];
    history.push(given(...history).when(rateUses, { partyId, uses }).decided[0] as MeteringEvent);
    expect(useIn(closed(...history))).toMatchObject({ tokens: 0n, lines: [] });
  });
});
