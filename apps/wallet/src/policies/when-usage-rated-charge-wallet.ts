import { Controller } from '@nestjs/common';
import type { EventOf, UsageRated } from '@tokengrid/contracts';
import { meteringCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { chargeWallet, type ChargeWallet } from '../decisions/charge-wallet.ts';
import { Wallets } from '../wallets.ts';

type Rated = EventOf<typeof UsageRated>;

@Controller()
export class WhenUsageRatedChargeWallet {
  constructor(private readonly wallets: Wallets) {}

  /** Charges the payer's wallet for each rated use that costs anything. */
  @Policy({ name: 'when-usage-rated-charge-wallet', from: meteringCatalogue, on: ['UsageRated'] })
  async chargeWallet(event: Recorded<Rated>, reaction: Reaction) {
    const charge = chargeFor(event);
    return charge && this.wallets.handle(chargeWallet, reaction.to(walletIdOf(event.data.partyId), charge));
  }
}

/** What a rated use costs; nothing for one that is free, which no wallet has to know of. */
export function chargeFor({ data }: Rated): ChargeWallet | undefined {
  const { chargeId, usageId, tokens, source, eventId, app, model, units, priceVersion, time } = data;
  if (tokens === 0n) return undefined;
  const by = { ...(app !== undefined && { app }), ...(model !== undefined && { model }) };
  return { chargeId, usageId, tokens, use: { source, eventId, ...by, units, priceVersion, time } };
}
