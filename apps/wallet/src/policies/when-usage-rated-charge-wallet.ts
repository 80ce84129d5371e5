import { Controller } from '@nestjs/common';
import type { EventOf, UsageRated } from '@tokengrid/contracts';
import { meteringCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Charging } from '../flows/charging.ts';
import type { ChargeWallet } from '../decisions/usage/charge-wallet.ts';
import { KeyDirectory } from '../projections/key-directory.ts';
import { MemberDirectory } from '../projections/member-directory.ts';

type Rated = EventOf<typeof UsageRated>;

@Controller()
export class WhenUsageRatedChargeWallet {
  constructor(
    private readonly charging: Charging,
    private readonly members: MemberDirectory,
    private readonly keys: KeyDirectory,
  ) {}

  /**
   * Charges the payer's wallet for each rated use that is not free: the shared wallet of which it
   * is a member, else its own. The caps of the key that it was used with apply.
   */
  @Policy({ name: 'when-usage-rated-charge-wallet', from: meteringCatalogue, on: ['UsageRated'] })
  async chargeWallet(event: Recorded<Rated>, reaction: Reaction) {
    const charge = chargeFor(event);
    if (!charge) return undefined;
    const { partyId, key } = event.data;
    const line = key === undefined ? undefined : await this.keys.lineOf(key);
    // If the membership changes before a redelivery, the command's id is known in the lane where it
    // was first executed.
    const [shared] = await this.members.walletsOf(partyId);
    if (shared === undefined) {
      return this.charging.charge(reaction.to(walletIdOf(partyId), { ...charge, ...(line && { actor: { line } }) }));
    }
    return this.charging.charge(reaction.to(shared, { ...charge, actor: { line: line ?? [], memberId: partyId } }));
  }
}

/** Charge of a rated use; none for a free one, which no wallet has to know of. */
export function chargeFor({ data }: Rated): ChargeWallet | undefined {
  const { chargeId, usageId, tokens, source, eventId, app, model, units, priceVersion, time } = data;
  if (tokens === 0n) return undefined;
  const by = { ...(app !== undefined && { app }), ...(model !== undefined && { model }) };
  return { chargeId, usageId, tokens, use: { source, eventId, ...by, units, priceVersion, time } };
}
