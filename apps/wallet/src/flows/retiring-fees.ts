import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import type { IncomingCommand } from '@tokengrid/service';
import { feesStreamId } from '../decisions/state/fees.ts';
import { type OrderFeesRetirement, orderFeesRetirement } from '../decisions/usage/order-fees-retirement.ts';
import { FeesStream } from '../streams/fees.ts';
import { Ahead, ahead, Issuing } from './issuing.ts';
import { Lanes } from '../streams/lanes.ts';
import {
  whenFeesRetirementOrderedRetireFees,
  WhenFeesRetirementOrderedRetireFees,
} from '../policies/when-fees-retirement-ordered-retire-fees.ts';

/** Retires fees in every lane before the caller is answered. */
@Injectable()
export class FeesRetiring {
  constructor(
    private readonly fees: FeesStream,
    private readonly lanes: Lanes,
    private readonly ordered: WhenFeesRetirementOrderedRetireFees,
    private readonly issuing: Issuing,
  ) {}

  async retire(
    asked: Omit<OrderFeesRetirement, 'collected'>,
    incoming: IncomingCommand,
  ): Promise<Outcome<WalletEvent>> {
    const collected = await Promise.all(
      this.lanes.all.map(async (lane) => ({ lane, tokens: (await this.lanes.loadLane(lane)).fees })),
    );
    const outcome = await this.fees.handle(orderFeesRetirement, incoming.to(feesStreamId, { ...asked, collected }));
    for (const event of outcome.events) {
      if (event.type !== 'FeesRetirementOrdered') continue;
      await ahead(async () => {
        const retired = await this.ordered.retire(event, new Ahead(whenFeesRetirementOrderedRetireFees, event));
        await Promise.all(retired.map((each) => this.issuing.freed(each)));
      });
    }
    return outcome;
  }
}
