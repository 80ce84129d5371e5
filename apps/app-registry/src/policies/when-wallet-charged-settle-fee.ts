import { Controller, Inject } from '@nestjs/common';
import { type EventOf, subscriptionSource, walletCatalogue, type WalletCharged } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { serviceConfig } from '@tokengrid/service';
import type { AppRegistryConfig } from '../config.ts';
import { subscriptionStreamId } from '../decisions/state/subscription.ts';
import { settleFee } from '../decisions/subscriptions/settle-fee.ts';
import { DueSubscriptions } from '../projections/due-subscriptions.ts';
import { Subscriptions } from '../streams/subscriptions.ts';

type Charged = EventOf<typeof WalletCharged>;

@Controller()
export class WhenWalletChargedSettleFee {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly due: DueSubscriptions,
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
  ) {}

  /** Takes the wallet's answers to subscriptions' fees; all other uses are not its business. */
  @Policy({ name: 'when-wallet-charged-settle-fee', from: walletCatalogue, on: ['WalletCharged'] })
  async settleFees({ data }: Recorded<Charged>, reaction: Reaction) {
    const answers = answersOf(data);
    if (answers.size === 0) return [];
    const { subscriptionGraceMs: graceMs } = this.config;
    return Promise.all(
      (await this.due.feesOf([...answers.keys()])).map((fee) => {
        const streamId = subscriptionStreamId(fee.appId, fee.partyId);
        const settled = { ...fee, refusal: answers.get(fee.usageId), graceMs };
        return this.subscriptions.handle(settleFee, reaction.to(streamId, settled, fee.usageId));
      }),
    );
  }
}

/** Uses that may be fees, with the code of a refusal: a refused use does not tell its source. */
function answersOf({ uses, refused }: Charged['data']): ReadonlyMap<string, string | undefined> {
  return new Map([
    ...uses.flatMap(({ source, usageId }) => (source === subscriptionSource ? [[usageId, undefined] as const] : [])),
    ...refused.map(({ usageId, code }) => [usageId, code] as const),
  ]);
}
