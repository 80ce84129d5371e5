import { type AppRegistryEvent, operatorPartyId, type RatedUse } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import { sharesOf } from '../model/rating.ts';

/** Source of the uses by which subscribers pay fees. */
export const feeSource = 'tokengrid:subscription';

type Due = Extract<AppRegistryEvent, { readonly type: 'SubscriptionRenewed' | 'SeatsSet' }>['data'];

/** Fees of subscriptions and seats, each of which its subscriber is charged once. */
export class Fees {
  /** By subscription and start of the time that the fee is for. */
  private readonly open = new Map<string, Due>();

  /** The registry said that a fee is due, if anything is. */
  expect({ type, data }: Recorded<AppRegistryEvent>): void {
    if (type !== 'SubscriptionRenewed' && type !== 'SeatsSet') return;
    if (data.fee > 0n) this.open.set(`${data.subscriptionId} ${data.from}`, data);
  }

  /** @throws Violation unless a party's use is a fee that it was not charged yet */
  see(payerId: string, use: RatedUse): void {
    const { eventId, tokens, time, units, app, plan, model, operatorBps, priceVersion, counted, shares } = use;
    const due = this.open.get(eventId);
    if (!due) throw new Violation(`${payerId} is charged the fee ${eventId}, which is not due`);
    this.open.delete(eventId);
    same(
      () => `the fee ${eventId}`,
      [payerId, tokens, time, units, app, plan, model, operatorBps, priceVersion, counted],
      [
        ...[due.partyId, due.fee, due.from, {}, due.slug, due.planId, undefined, due.operatorBps],
        ...[`app:${due.slug}:${due.planId}@${due.version}`, undefined],
      ],
    );
    const { earners } = sharesOf(due.fee, { developerId: due.developerId, operatorBps: due.operatorBps });
    const listed = (all: readonly { role: string; partyId: string; tokens: bigint }[]) =>
      all.filter((each) => each.tokens !== 0n).map((each) => `${each.role} ${each.partyId} ${each.tokens}`);
    same(() => `whose the fee ${eventId} is`, listed(shares).sort(), listed(earners).sort());
    same(() => `who reports the fee ${eventId}`, use.reportedBy, operatorPartyId);
  }

  /** @throws Violation where a fee is due that nobody is charged */
  finish(): void {
    ensure(this.open.size === 0, () => `nobody is charged the fees ${[...this.open.keys()].join(', ')}`);
  }
}
