import { Inject, Injectable } from '@nestjs/common';
import {
  commandIdOf,
  type GatewayEvent,
  type MeteringEvent,
  operatorPartyId,
  type ServedUse,
  type SliceWanted,
} from '@tokengrid/contracts';
import type { EventOf } from '@tokengrid/contracts';
import type { Reaction } from '@tokengrid/event-bus';
import type { Command, Outcome } from '@tokengrid/event-store';
import type { Decide, Recorded } from '@tokengrid/kernel';
import { serviceConfig } from '@tokengrid/service';
import type { MeteringConfig } from '../config.ts';
import { AllKnown, markKeyOf } from '../decisions/rules/marks.ts';
import { type CloseSlice, closeSlice } from '../decisions/slices/close-slice.ts';
import { offerSlice } from '../decisions/slices/offer-slice.ts';
import { rateServed } from '../decisions/slices/rate-served.ts';
import { type RecallSlices, recallSlices } from '../decisions/slices/recall-slices.ts';
import { type Payer, payerStreamOf, type Use } from '../decisions/state/payer.ts';
import { openSlice } from '../decisions/state/slices.ts';
import { RateCard } from '../rate-card/rate-card.ts';
import { appOfAside, planOfAside, sliceTermsAt } from '../rate-card/slice-terms.ts';
import { termsAt } from '../rate-card/terms-at.ts';
import { Payers } from '../streams/payers.ts';
import { usageIdOf } from '../usage-events/reported-use.ts';

type Wanted = Recorded<EventOf<typeof SliceWanted>>;
type Spent = Recorded<Extract<GatewayEvent, { readonly type: 'UsesServed' | 'SliceReturned' }>>;
type Outcomes = readonly Outcome<MeteringEvent>[];

/** Slices of payers at processes of the gateway, from its requests to their end. */
@Injectable()
export class Slices {
  constructor(
    private readonly payers: Payers,
    private readonly rateCard: RateCard,
    @Inject(serviceConfig)
    private readonly config: Pick<
      MeteringConfig,
      'sliceValidMs' | 'sliceGraceMs' | 'sliceIdleMs' | 'sliceRenewBelowBps'
    >,
  ) {}

  /** Offers a slice, or its renewal, at the prices in force when it was asked for. */
  async offer({ data, time }: Wanted, reaction: Reaction): Promise<Outcomes> {
    const { partyId, key, scope } = data;
    const facts = await this.rateCard.factsAbout(scope.map((use) => ({ ...use, partyId, key })));
    const terms = sliceTermsAt(facts, data, time);
    const { sliceValidMs, sliceGraceMs, sliceIdleMs, sliceRenewBelowBps } = this.config;
    const settings = {
      ...{ validMs: sliceValidMs, graceMs: sliceGraceMs, idleMs: sliceIdleMs },
      renewBelowBps: sliceRenewBelowBps,
    };
    return this.handle(offerSlice, reaction.to(payerStreamOf(partyId), { ...data, terms, settings }));
  }

  /**
   * Rates reports and closes slices that were given back, in the order of the gateway's lane. A
   * report's command has an id of its own, so borders of batches do not matter.
   */
  async follow(events: readonly Spent[], reaction: Reaction): Promise<Outcomes> {
    const named = events.flatMap(({ type, data }) =>
      type === 'UsesServed' ? data.uses.map((use) => ({ ...use, partyId: data.partyId })) : [],
    );
    const facts = await this.rateCard.factsAbout(named);
    const outcomes = await Promise.all(
      events.map(async (event) => {
        const { partyId, sliceId } = event.data;
        const to = <Data>(data: Data) => ({
          ...reaction.to(payerStreamOf(partyId), data, event.id),
          id: commandIdOf('policy:slices', event.id),
        });
        if (event.type === 'SliceReturned') {
          const { reports } = event.data;
          return this.close(to({ partyId, sliceId, reason: 'returned' as const, reports }));
        }
        const { report, gatewayId, uses } = event.data;
        const onTerms = uses.map(({ free, ...served }) => {
          const use = useOf(served, gatewayId, { sliceId, report });
          return { use, terms: termsAt(facts, { ...use, partyId }), free };
        });
        const keys = onTerms.map(({ use }) => markKeyOf(use.usageId));
        return this.handle(rateServed, { ...to({ partyId, sliceId, report, uses: onTerms }), keys });
      }),
    );
    return outcomes.flat();
  }

  /** Closes a slice that was given back, that the wallet refused, or that is due. */
  async close(command: Command<CloseSlice>): Promise<Outcomes> {
    const plans = await this.plansOf(command.data);
    return this.handle(closeSlice, { ...command, data: { ...command.data, plans } });
  }

  /** Terms of the periods in which units are set aside for a slice. */
  private async plansOf({ partyId, sliceId }: CloseSlice) {
    const aside = openSlice(await this.payers.load(payerStreamOf(partyId)), sliceId)?.aside ?? [];
    if (aside.length === 0) return [];
    const facts = await this.rateCard.factsAbout(aside.map((each) => ({ app: appOfAside(each) })));
    return aside.flatMap((each) => planOfAside(facts, each) ?? []);
  }

  recall(command: Command<RecallSlices>): Promise<Outcomes> {
    return this.handle(recallSlices, command);
  }

  /** @returns nothing if there is nothing to state: it was done by another event */
  private async handle<Data>(decide: Decide<Payer, Data, MeteringEvent>, command: Command<Data>): Promise<Outcomes> {
    try {
      return [await this.payers.handle(decide, command)];
    } catch (error) {
      if (error instanceof AllKnown) return [];
      throw error;
    }
  }
}

/** A served use as one that the operator's gateway reports: its delivery is no matter of money. */
function useOf(
  { eventId, time, delivery: _, ...served }: Omit<ServedUse, 'free'>,
  gatewayId: string,
  slice: Required<Use>['slice'],
): Use {
  const source = `/gateways/${gatewayId}`;
  const usageId = usageIdOf(operatorPartyId, source, eventId);
  return { usageId, source, eventId, reportedBy: operatorPartyId, time, ...served, slice };
}
