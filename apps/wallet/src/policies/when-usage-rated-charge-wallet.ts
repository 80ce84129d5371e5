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
   * Charges the payer's wallet for each rated use that costs anything: the one that it is a member of, else its own. The key that it was
   * used with is under its caps.
   */
  @Policy({ name: 'when-usage-rated-charge-wallet', from: meteringCatalogue, on: ['UsageRated'] })
  async chargeWallet(event: Recorded<Rated>, reaction: Reaction) {
    const charge = chargeFor(event);
    if (!charge) return undefined;
    const { partyId, key } = event.data;
    const line = key === undefined ? undefined : await this.keys.lineOf(key);
    // Should the membership change before a redelivery, the command's id is known in whichever wallet's lane it was taken first.
    const [shared] = await this.members.walletsOf(partyId);
    if (shared === undefined) {
      return this.charging.charge(reaction.to(walletIdOf(partyId), { ...charge, ...(line && { actor: { line } }) }));
    }
    return this.charging.charge(reaction.to(shared, { ...charge, actor: { line: line ?? [], memberId: partyId } }));
  }
}

/** What a rated use costs; nothing for one that is free, which no wallet has to know of. */
export function chargeFor({ data }: Rated): ChargeWallet | undefined {
  const { chargeId, usageId, tokens, source, eventId, app, model, units, priceVersion, time } = data;
  if (tokens === 0n) return undefined;
  const by = { ...(app !== undefined && { app }), ...(model !== undefined && { model }) };
  return { chargeId, usageId, tokens, use: { source, eventId, ...by, units, priceVersion, time } };
}
