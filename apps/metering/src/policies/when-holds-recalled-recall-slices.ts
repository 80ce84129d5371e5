import { Controller } from '@nestjs/common';
import type { EventOf, HoldsRecalled } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { Slices } from '../flows/slices.ts';

@Controller()
export class WhenHoldsRecalledRecallSlices {
  constructor(private readonly slices: Slices) {}

  /**
   * Calls slices back, in the streams of their payers: the members of a wallet have slices, too.
   */
  @Policy({ name: 'when-holds-recalled-recall-slices', from: walletCatalogue, on: ['HoldsRecalled'] })
  async recall({ data: { reason, slices } }: Recorded<EventOf<typeof HoldsRecalled>>, reaction: Reaction) {
    const byPayer = Map.groupBy(slices, ({ partyId }) => partyId);
    const recalled = [...byPayer].map(([partyId, ofPayer]) => {
      const which = { sliceIds: ofPayer.map(({ sliceId }) => sliceId) };
      return this.slices.recall(reaction.to(payerStreamOf(partyId), { partyId, reason, which }, partyId));
    });
    return (await Promise.all(recalled)).flat();
  }
}
