import type { EventOf, RatedUse, UsesAccrued } from '@tokengrid/contracts';
import { operatorPartyId } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';

/** Source of the uses by which parties pay back what the operator laid out for them. */
export const advanceSource = 'tokengrid:advance';

/** Advances of the operator, each of which its party is charged once. */
export class Advances {
  private readonly open = new Map<string, { readonly tokens: bigint; readonly time: number }>();

  expect({ id, time, data }: Recorded<EventOf<typeof UsesAccrued>>): void {
    for (const { period, advanced } of data.periods) {
      for (const { partyId, role, tokens } of advanced)
        this.open.set(`${partyId} ${id} ${period} ${role}`, { tokens, time });
    }
  }

  /** @throws Violation unless a party's use is an advance that it was not charged yet */
  see(payerId: string, use: RatedUse): void {
    const name = [...this.open.keys()].find(
      (each) => each.startsWith(`${payerId} `) && use.eventId.startsWith(each.slice(payerId.length + 1)),
    );
    const advance = name === undefined ? undefined : this.open.get(name);
    if (!advance) throw new Violation(`${payerId} is charged ${use.eventId}, which was not advanced`);
    this.open.delete(name!);
    const shares = use.shares.map(({ role, partyId, tokens }) => [role, partyId, tokens]);
    same(
      () => `the advance ${name}`,
      [use.tokens, Date.parse(use.time), use.units, use.app, use.model, shares],
      [advance.tokens, advance.time, {}, undefined, undefined, [['operator', operatorPartyId, advance.tokens]]],
    );
  }

  /** @throws Violation where the operator laid out what nobody is charged */
  finish(): void {
    ensure(this.open.size === 0, () => `nobody is charged ${[...this.open.keys()].join(', ')}`);
  }
}
