import { Controller } from '@nestjs/common';
import type { EventOf, StatementMade } from '@tokengrid/contracts';
import { operatorPartyId, settlementCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { collectFees } from '../decisions/usage/collect-fees.ts';
import { releaseEscrow, type ReleaseEscrow } from '../decisions/usage/release-escrow.ts';
import { Lanes } from '../streams/lanes.ts';
import { Escrow } from '../projections/escrow.ts';

type Made = EventOf<typeof StatementMade>;

@Controller()
export class WhenStatementMadeReleaseEscrowOrCollectFees {
  constructor(
    private readonly lanes: Lanes,
    private readonly escrow: Escrow,
  ) {}

  /**
   * Takes a statement's amount out of its escrow: to the party's wallet, or to the operator's fees.
   */
  @Policy({
    name: 'when-statement-made-release-escrow-or-collect-fees',
    from: settlementCatalogue,
    on: ['StatementMade'],
  })
  async payStatement(event: Recorded<Made>, reaction: Reaction) {
    const pay = event.data.partyId === operatorPartyId ? collectFees : releaseEscrow;
    const charged = await this.escrow.chargedByLane();
    const payments = paymentsFor(event, charged).map(({ walletLane, ...release }) =>
      this.lanes.handle(pay, reaction.to(this.lanes.streamOf(walletLane), release, String(walletLane))),
    );
    return Promise.all(payments);
  }
}

/**
 * Commands of a statement, one per lane whose escrow pays it.
 * @param charged µAIT that charges put into each lane's escrow so far
 */
function paymentsFor(
  { data }: Made,
  charged: ReadonlyMap<number, bigint>,
): readonly (ReleaseEscrow & { readonly walletLane: number })[] {
  const { statementId, partyId, period, timeZone } = data;
  return data.payFrom.map(({ walletLane, tokens }) => ({
    walletLane,
    statementId,
    partyId,
    period,
    timeZone,
    tokens,
    charged: charged.get(walletLane) ?? 0n,
  }));
}
