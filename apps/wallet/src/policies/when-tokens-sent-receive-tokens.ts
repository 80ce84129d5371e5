import { Controller } from '@nestjs/common';
import type { EventOf, TokensSent } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { receiveTokens, type ReceiveTokens } from '../decisions/transfers/receive-tokens.ts';
import { Wallets } from '../streams/wallets.ts';

type Sent = EventOf<typeof TokensSent>;

@Controller()
export class WhenTokensSentReceiveTokens {
  constructor(private readonly wallets: Wallets) {}

  /** Lets the receiving wallet take the tokens sent. */
  @Policy({ name: 'when-tokens-sent-receive-tokens', from: walletCatalogue, on: ['TokensSent'] })
  async receiveTokens(event: Recorded<Sent>, reaction: Reaction) {
    const arrival = arrivalFor(event);
    return this.wallets.handle(receiveTokens, reaction.to(arrival.walletId, arrival));
  }
}

function arrivalFor({ data }: Sent): ReceiveTokens {
  const { transferId, toWalletId, walletId, tokens, memo, voucher, parcels, day, timeZone, memberIds } = data;
  const sent = { sentOn: { day, timeZone }, ...(memberIds !== undefined && { memberIds }) };
  return { transferId, walletId: toWalletId, fromWalletId: walletId, tokens, memo, ...sent, voucher, parcels };
}
