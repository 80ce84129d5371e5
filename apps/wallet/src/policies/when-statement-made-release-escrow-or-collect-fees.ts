import { Controller, Inject } from '@nestjs/common';
import type { EventOf, StatementMade, StatementPart, WalletEvent } from '@tokengrid/contracts';
import { commandIdOf, operatorPartyId, settlementCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import { EventStore } from '@tokengrid/event-store';
import { NotYet, type Recorded } from '@tokengrid/kernel';
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
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'outcomeOf'>,
  ) {}

  /**
   * Takes a statement's amount out of its escrow: to the party's wallet, or to the operator's fees.
   * Escrow that the operator's fees fill up pays others after that.
   */
  @Policy({
    name: 'when-statement-made-release-escrow-or-collect-fees',
    from: settlementCatalogue,
    on: ['StatementMade'],
  })
  async payStatement(event: Recorded<Made>, reaction: Reaction) {
    const { statementId, partyId, payFrom } = event.data;
    const pay = partyId === operatorPartyId ? collectFees : releaseEscrow;
    await Promise.all(payFrom.map((part) => this.mustBeFilled(part)));
    const charged = await this.escrow.chargedByLane();
    const payments = paymentsFor(event, charged).map(({ walletLane, ...release }) => {
      const command = reaction.to(this.lanes.streamOf(walletLane), release, String(walletLane));
      return this.lanes.handle(pay, { ...command, id: paymentId(statementId, walletLane) });
    });
    return Promise.all(payments);
  }

  /** @throws NotYet until the operator's fees have filled a lane up */
  private async mustBeFilled({ walletLane, filledBy }: StatementPart): Promise<void> {
    if (filledBy === undefined || (await this.store.outcomeOf(paymentId(filledBy, walletLane)))) return;
    throw new NotYet(`fees of ${filledBy} do not fill up the escrow of lane ${walletLane} yet`);
  }
}

/** Id of the command that pays a lane's part of a statement. */
const paymentId = (statementId: string, walletLane: number): string =>
  commandIdOf('policy:pay-statement', statementId, String(walletLane));

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
