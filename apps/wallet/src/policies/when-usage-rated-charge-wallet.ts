import { Controller, Inject } from '@nestjs/common';
import type { EventOf, UsageRated, WalletEvent } from '@tokengrid/contracts';
import { meteringCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import { type Command, EventStore } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import { Deciding } from '../flows/deciding.ts';
import { type ChargeWallet, chargeWallet } from '../decisions/usage/charge-wallet.ts';
import { KeyDirectory } from '../projections/key-directory.ts';
import { MemberDirectory } from '../projections/member-directory.ts';
import { Wallets } from '../streams/wallets.ts';

type Rated = EventOf<typeof UsageRated>;

@Controller()
export class WhenUsageRatedChargeWallet {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly members: MemberDirectory,
    private readonly keys: KeyDirectory,
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'outcomeOf' | 'claim'>,
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
    const [shared] = await this.members.walletsOf(partyId);
    const own = walletIdOf(partyId);
    const by = (walletId: string): ChargeWallet =>
      walletId === own
        ? { ...charge, ...(line && { actor: { line } }) }
        : { ...charge, actor: { line: line ?? [], memberId: partyId } };
    const wanted = shared ?? own;
    return this.once(reaction.to(wanted, by(wanted)), by);
  }

  /**
   * Executes a charge in the wallet of its first delivery. The membership may have changed since,
   * and another wallet's lane does not know the command's id. A restored log tells of charges, but
   * not of claims.
   */
  private async once(wanted: Command<ChargeWallet>, by: (walletId: string) => ChargeWallet) {
    const executed = await this.store.outcomeOf(wanted.id);
    if (executed) return executed;
    const streamId = await this.store.claim(wanted.id, wanted.streamId);
    return this.deciding.handle(this.wallets, chargeWallet, { ...wanted, streamId, data: by(streamId) });
  }
}

/** Charge of a rated use; none for a free one, which no wallet has to know of. */
export function chargeFor({ data }: Rated): ChargeWallet | undefined {
  const { chargeId, usageId, tokens, source, eventId, app, model, units, priceVersion, time } = data;
  if (tokens === 0n) return undefined;
  const by = { ...(app !== undefined && { app }), ...(model !== undefined && { model }) };
  return { chargeId, usageId, tokens, use: { source, eventId, ...by, units, priceVersion, time } };
}
