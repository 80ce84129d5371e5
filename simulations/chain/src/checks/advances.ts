import type { EventOf, RatedUse, UsesAccrued } from '@tokengrid/contracts';
import { operatorPartyId } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';

/** Source of the uses by which parties pay back what the operator laid out for them. */
export const advanceSource = 'tokengrid:advance';

/** What the operator laid out for a party, by an accrual. */
interface Advance {
  readonly partyId: string;
  readonly accruedBy: string;
  readonly tokens: bigint;
  readonly time: number;
}

/** Advances of the operator, each of which its party is charged once. */
export class Advances {
  private readonly open = new Set<Advance>();

  expect({ id: accruedBy, time, data }: Recorded<EventOf<typeof UsesAccrued>>): void {
    for (const { partyId, tokens } of data.periods.flatMap(({ advanced }) => advanced)) {
      this.open.add({ partyId, accruedBy, tokens, time });
    }
  }

  /** @throws Violation unless a party's use is an advance that it was not charged yet */
  see(payerId: string, { eventId, tokens, time, units, app, model, shares }: RatedUse): void {
    const isIt = (each: Advance) =>
      each.partyId === payerId && eventId.startsWith(`${each.accruedBy} `) && each.tokens === tokens;
    const advance = [...this.open].find(isIt);
    if (!advance) throw new Violation(`${payerId} is charged ${tokens} for ${eventId}, which is no open advance`);
    this.open.delete(advance);
    same(
      () => `the advance ${eventId}`,
      [Date.parse(time), units, app, model, shares.map((share) => [share.role, share.partyId, share.tokens])],
      [advance.time, {}, undefined, undefined, [['operator', operatorPartyId, advance.tokens]]],
    );
  }

  /** @throws Violation where the operator laid out what nobody is charged */
  finish(): void {
    const left = [...this.open].map(({ partyId, accruedBy }) => `${partyId} by ${accruedBy}`);
    ensure(left.length === 0, () => `advances not charged: ${left.join(', ')}`);
  }
}
