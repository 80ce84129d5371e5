import { Controller } from '@nestjs/common';
import type { EscrowReleased, EventOf } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { receiveEarnings, type ReceiveEarnings } from '../decisions/usage/receive-earnings.ts';
import { Wallets } from '../streams/wallets.ts';

type Released = Recorded<EventOf<typeof EscrowReleased>>;

@Controller()
export class WhenEscrowReleasedReceiveEarnings {
  constructor(private readonly wallets: Wallets) {}

  /** Lets a party's wallet receive its earnings from escrow. */
  @Policy({ name: 'when-escrow-released-receive-earnings', from: walletCatalogue, on: ['EscrowReleased'] })
  async receiveEarnings(event: Released, reaction: Reaction) {
    return this.wallets.handle(receiveEarnings, reaction.to(event.data.toWalletId, earningsFor(event)));
  }
}

function earningsFor({ data, lane }: Pick<Released, 'data' | 'lane'>): ReceiveEarnings {
  const { statementId, partyId, period, timeZone, tokens } = data;
  return { statementId, partyId, period, timeZone, tokens, fromLane: lane };
}
