import { Controller, Inject } from '@nestjs/common';
import type { EventOf, UsageRated, WalletEvent } from '@tokengrid/contracts';
import { meteringCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import { type Command, EventStore } from '@tokengrid/event-store';
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
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'outcomeOf'>,
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
    if (shared === undefined) {
      return this.once(reaction.to(walletIdOf(partyId), { ...charge, ...(line && { actor: { line } }) }));
    }
    return this.once(reaction.to(shared, { ...charge, actor: { line: line ?? [], memberId: partyId } }));
  }

  /**
   * Executes a charge, unless it was executed before. The wallet may be another one by now, if the
   * membership has changed before a redelivery, and its lane does not know the command's id.
   */
  private async once(command: Command<ChargeWallet>) {
    return (await this.store.outcomeOf(command.id)) ?? this.charging.charge(command);
  }
}

/** Charge of a rated use; none for a free one, which no wallet has to know of. */
export function chargeFor({ data }: Rated): ChargeWallet | undefined {
  const { chargeId, usageId, tokens, source, eventId, app, model, units, priceVersion, time } = data;
  if (tokens === 0n) return undefined;
  const by = { ...(app !== undefined && { app }), ...(model !== undefined && { model }) };
  return { chargeId, usageId, tokens, use: { source, eventId, ...by, units, priceVersion, time } };
}
