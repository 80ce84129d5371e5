import { Controller } from '@nestjs/common';
import type { EventOf, HoldRefused } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { Slices } from '../flows/slices.ts';

@Controller()
export class WhenHoldRefusedCloseSlice {
  constructor(private readonly slices: Slices) {}

  /** Closes a slice that the wallet has no tokens for: it never began. */
  @Policy({ name: 'when-hold-refused-close-slice', from: walletCatalogue, on: ['HoldRefused'] })
  async close({ data: { slice } }: Recorded<EventOf<typeof HoldRefused>>, reaction: Reaction) {
    if (!slice) return [];
    const { partyId, sliceId } = slice;
    return this.slices.close(reaction.to(payerStreamOf(partyId), { partyId, sliceId, reason: 'refused' as const }));
  }
}
