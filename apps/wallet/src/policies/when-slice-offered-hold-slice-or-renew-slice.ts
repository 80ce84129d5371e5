import { Controller, Inject } from '@nestjs/common';
import type { EventOf, SliceOffered, WalletEvent } from '@tokengrid/contracts';
import { commandIdOf, meteringCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import { EventStore } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import { Deciding } from '../flows/deciding.ts';
import { holdSlice } from '../decisions/usage/hold-slice.ts';
import { renewSlice } from '../decisions/usage/renew-slice.ts';
import type { SliceToHold } from '../decisions/usage/slice-grant.ts';
import { KeyDirectory } from '../projections/key-directory.ts';
import { MemberDirectory } from '../projections/member-directory.ts';
import { Wallets } from '../streams/wallets.ts';

type Offered = EventOf<typeof SliceOffered>;

/** Claim of a wallet by a slice, which its uses are charged to. */
export const sliceClaim = (sliceId: string): string => commandIdOf('claim-slice', sliceId);

@Controller()
export class WhenSliceOfferedHoldSliceOrRenewSlice {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly members: MemberDirectory,
    private readonly keys: KeyDirectory,
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'claim'>,
  ) {}

  /**
   * Holds tokens for a slice, in the shared wallet of which its payer is a member, else in its own:
   * whatever its payer is a member of later, the slice stays with that wallet.
   */
  @Policy({ name: 'when-slice-offered-hold-slice-or-renew-slice', from: meteringCatalogue, on: ['SliceOffered'] })
  async holdSlice({ data }: Recorded<Offered>, reaction: Reaction) {
    const { partyId, key, sliceId, number } = data;
    const own = walletIdOf(partyId);
    const [shared] = await this.members.walletsOf(partyId);
    const walletId = await this.store.claim(sliceClaim(sliceId), shared ?? own);
    const line = key === undefined ? [] : await this.keys.lineOf(key);
    if (key !== undefined) await this.keys.bind([key], walletId);
    const actor = { line, ...(walletId !== own && { memberId: partyId }) };
    const command = reaction.to(walletId, { ...sliceToHold(data), actor });
    return this.deciding.handle(this.wallets, number === 1 ? holdSlice : renewSlice, command);
  }
}

/** What of the offered terms a hold follows. */
function sliceToHold({ validUntil, graceMs, ...offered }: Offered['data']): SliceToHold {
  const { sliceId, partyId, gatewayId, number, scope, tokens, atLeast, spare } = offered;
  const expiresAt = Date.parse(validUntil) + graceMs;
  return { sliceId, partyId, gatewayId, number, scope, tokens, atLeast, spare, expiresAt };
}
