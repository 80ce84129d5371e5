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
  /** By use: the last answer that is being taken. A refusal and a payment may be read at once. */
  private readonly settling = new Map<string, Promise<unknown>>();

  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly due: DueSubscriptions,
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
  ) {}

  /** Takes the wallet's answers to subscriptions' fees, those to one fee in order. */
  @Policy({ name: 'when-wallet-charged-settle-fee', from: walletCatalogue, on: ['WalletCharged'] })
  async settleFees({ data }: Recorded<Charged>, reaction: Reaction) {
    const answers = answersOf(data);
    const usageIds = [...answers.keys()];
    if (usageIds.length === 0) return [];
    const earlier = Promise.all(usageIds.flatMap((usageId) => this.settling.get(usageId) ?? []));
    const settled = earlier.then(() => this.settle(answers, reaction));
    for (const usageId of usageIds) this.settling.set(usageId, settled);
    try {
      return await settled;
    } finally {
      for (const usageId of usageIds) if (this.settling.get(usageId) === settled) this.settling.delete(usageId);
    }
  }

  private async settle(answers: ReadonlyMap<string, string | undefined>, reaction: Reaction) {
    const { subscriptionGraceMs: graceMs } = this.config;
    const fees = await this.due.feesOf([...answers.keys()]);
    // A fee that is paid at once changes nothing.
    const changed = fees.filter(({ usageId, isOverdue }) => isOverdue || answers.get(usageId) !== undefined);
    return Promise.all(
      changed.map(({ usageId, subscriptionId, appId, partyId }) => {
        const fee = { usageId, subscriptionId, appId, partyId, refusal: answers.get(usageId), graceMs };
        return this.subscriptions.handle(settleFee, reaction.to(subscriptionStreamId(appId, partyId), fee, usageId));
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
