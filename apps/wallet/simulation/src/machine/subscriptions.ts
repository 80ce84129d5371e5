import { type EventOf, type PurchasePending } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { whenCapacityDeclaredReturnCapacity } from '@tokengrid/wallet/policies/when-capacity-declared-return-capacity';
import { whenCapacityGrantedReceiveCapacity } from '@tokengrid/wallet/policies/when-capacity-granted-receive-capacity';
import { whenCapacityReturnedOrCapacityFreedReclaimCapacity } from '@tokengrid/wallet/policies/when-capacity-returned-or-capacity-freed-reclaim-capacity';
import { WhenEscrowReleasedReceiveEarnings } from '@tokengrid/wallet/policies/when-escrow-released-receive-earnings';
import {
  whenFeesRetirementOrderedRetireFees,
  WhenFeesRetirementOrderedRetireFees,
} from '@tokengrid/wallet/policies/when-fees-retirement-ordered-retire-fees';
import { WhenMemberSetSuspendMemberOrReinstateMember } from '@tokengrid/wallet/policies/when-member-set-suspend-member-or-reinstate-member';
import { WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet } from '@tokengrid/wallet/policies/when-party-suspended-or-party-reinstated-freeze-wallet-or-unfreeze-wallet';
import { WhenOrganizationRegisteredOrSubscriberRegisteredOpenWallet } from '@tokengrid/wallet/policies/when-organization-registered-or-subscriber-registered-open-wallet';
import { requestPayment } from '@tokengrid/wallet/payments/payment-requests';
import { WhenSliceClosedReleaseSlice } from '@tokengrid/wallet/policies/when-slice-closed-release-slice';
import { WhenSliceOfferedHoldSliceOrRenewSlice } from '@tokengrid/wallet/policies/when-slice-offered-hold-slice-or-renew-slice';
import { WhenStatementMadeReleaseEscrowOrCollectFees } from '@tokengrid/wallet/policies/when-statement-made-release-escrow-or-collect-fees';
import { WhenTokensSentReceiveTokens } from '@tokengrid/wallet/policies/when-tokens-sent-receive-tokens';
import { WhenTransferDeclinedReturnTransfer } from '@tokengrid/wallet/policies/when-transfer-declined-return-transfer';
import { ChargingRatedUses } from '@tokengrid/wallet/flows/charging-rated-uses';
import type { MarketTerms } from '@tokengrid/wallet/decisions/usage/top-up';
import { WhenVoucherReturnedRefundVoucher } from '@tokengrid/wallet/policies/when-voucher-returned-refund-voucher';
import type { Directory } from '../clients/directory.ts';
import {
  KnownEscrow,
  KnownLines,
  KnownMembers,
  KnownPolicy,
  KnownPrice,
  SimulatedProvider,
} from '../clients/look-ups.ts';
import type { SimulatedProcess } from './process.ts';
import type { Heard } from './heard.ts';

/** Facts that policies look up. */
interface Known {
  /** µAIT that charges put into each lane's escrow so far. */
  readonly charged: ReadonlyMap<number, bigint>;
  /** Price and policy in force. */
  readonly market: MarketTerms;
  /** Wallets that a party is a member of. */
  walletsOf(partyId: string): readonly string[];
  readonly directory: Directory;
  /** True if the payment provider does not answer this time. */
  providerIsAway(): boolean;
}

/** A policy, run by a process for one event. */
interface SimulatedPolicy {
  readonly name: string;
  readonly from: 'wallet' | 'outside';
  readonly on: readonly string[];
  react(process: SimulatedProcess, event: never, reaction: Reaction, known: Known): Promise<unknown>;
}

/** One for all histories: its cache takes longer to create than a reaction. */
const keys = new KnownLines();

/** The service's own policies. */
export const policies: readonly SimulatedPolicy[] = [
  {
    name: 'when-organization-registered-or-subscriber-registered-open-wallet',
    from: 'outside',
    on: ['OrganizationRegistered'],
    react: ({ wallets }, event, reaction) =>
      new WhenOrganizationRegisteredOrSubscriberRegisteredOpenWallet(wallets).openWallet(event, reaction),
  },
  {
    name: 'when-usage-rated-or-usage-corrected-charge-wallet',
    from: 'outside',
    on: ['UsageRated'],
    react: (process, event, reaction, known) => {
      const { posted, policy } = known.market;
      const { wallets, watched } = process;
      const deciding = process.decidingWith(new KnownPrice(posted), new KnownPolicy(policy));
      const members = new KnownMembers(known);
      // No use gives anything back here.
      const charging = new ChargingRatedUses(wallets, deciding, members, keys, watched, undefined as never);
      return charging.charge(event, reaction);
    },
  },
  {
    name: 'when-slice-offered-hold-slice-or-renew-slice',
    from: 'outside',
    on: ['SliceOffered'],
    react: (process, event, reaction, known) => {
      const { posted, policy } = known.market;
      const { wallets, watched } = process;
      const deciding = process.decidingWith(new KnownPrice(posted), new KnownPolicy(policy));
      const members = new KnownMembers(known);
      const policyOf = new WhenSliceOfferedHoldSliceOrRenewSlice(wallets, deciding, members, keys, watched);
      return policyOf.holdSlice(event, reaction);
    },
  },
  {
    name: 'when-slice-closed-release-slice',
    from: 'outside',
    on: ['SliceClosed'],
    react: ({ wallets, watched }, event, reaction, known) =>
      new WhenSliceClosedReleaseSlice(wallets, new KnownMembers(known), watched).releaseSlice(event, reaction),
  },
  {
    name: 'when-party-suspended-or-party-reinstated-freeze-wallet-or-unfreeze-wallet',
    from: 'outside',
    on: ['PartySuspended', 'PartyReinstated'],
    react: ({ wallets }, event, reaction, known) =>
      new WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet(wallets, new KnownMembers(known)).follow(
        event,
        reaction,
      ),
  },
  {
    name: 'when-member-set-suspend-member-or-reinstate-member',
    from: 'wallet',
    on: ['MemberSet'],
    react: ({ wallets }, event, reaction) =>
      new WhenMemberSetSuspendMemberOrReinstateMember(wallets).suspend(event, reaction),
  },
  {
    name: 'when-statement-made-release-escrow-or-collect-fees',
    from: 'outside',
    on: ['StatementMade'],
    react: (process, event, reaction, { charged }) =>
      new WhenStatementMadeReleaseEscrowOrCollectFees(
        process.lanes,
        new KnownEscrow(charged, process.lanes),
        process.watched,
      ).payStatement(event, reaction),
  },
  {
    name: 'when-tokens-sent-receive-tokens',
    from: 'wallet',
    on: ['TokensSent'],
    react: ({ wallets }, event, reaction) => new WhenTokensSentReceiveTokens(wallets).receiveTokens(event, reaction),
  },
  {
    // Not a policy of the service, whose work is a table: here the events are the work.
    name: 'payment-requests',
    from: 'wallet',
    on: ['PurchasePending'],
    react: async ({ wallets }, event, _, { directory, providerIsAway }) => {
      const { data, id: causationId, correlationId, actor } = event as Recorded<EventOf<typeof PurchasePending>>;
      if (!directory.purchases.isAskedFor(data.purchaseId)) return;
      const provider = new SimulatedProvider(providerIsAway);
      await requestPayment(
        wallets,
        provider,
        { ...data, causationId, correlationId, actor },
        new AbortController().signal,
      );
    },
  },
  {
    name: 'when-transfer-declined-return-transfer',
    from: 'wallet',
    on: ['TransferDeclined'],
    react: ({ wallets }, event, reaction) =>
      new WhenTransferDeclinedReturnTransfer(wallets).returnTransfer(event, reaction),
  },
  {
    name: 'when-escrow-released-receive-earnings',
    from: 'wallet',
    on: ['EscrowReleased'],
    react: ({ wallets }, event, reaction) =>
      new WhenEscrowReleasedReceiveEarnings(wallets).receiveEarnings(event, reaction),
  },
  {
    name: 'when-voucher-returned-refund-voucher',
    from: 'wallet',
    on: ['VoucherReturned'],
    react: ({ wallets }, event, reaction) => new WhenVoucherReturnedRefundVoucher(wallets).refund(event, reaction),
  },
  {
    name: whenFeesRetirementOrderedRetireFees,
    from: 'wallet',
    on: ['FeesRetirementOrdered'],
    react: ({ lanes }, event, reaction) => new WhenFeesRetirementOrderedRetireFees(lanes).retire(event, reaction),
  },
  {
    name: whenCapacityDeclaredReturnCapacity,
    from: 'wallet',
    on: ['CapacityDeclared'],
    react: ({ capacityDeclared }, event, reaction) => capacityDeclared.returnCapacity(event, reaction),
  },
  {
    name: whenCapacityGrantedReceiveCapacity,
    from: 'wallet',
    on: ['CapacityGranted'],
    react: ({ capacityGranted }, event, reaction) => capacityGranted.receiveCapacity(event, reaction),
  },
  {
    name: whenCapacityReturnedOrCapacityFreedReclaimCapacity,
    from: 'wallet',
    on: ['CapacityReturned', 'CapacityFreed'],
    react: ({ capacityReturned }, event, reaction) => capacityReturned.reclaimCapacity(event, reaction),
  },
];

/**
 * Progress of a policy in one lane. Events come in order, again after a crash, and again after a
 * rewind.
 */
export class Subscription {
  private cursor = 0;

  constructor(
    private readonly policy: SimulatedPolicy,
    private readonly lane: readonly Heard[],
    /** Number of the lane's published events. */
    private readonly published: () => number,
  ) {}

  get isDone(): boolean {
    this.pass();
    return this.cursor >= this.published();
  }

  /** Skips events that the policy does not listen to. */
  private pass(): void {
    const end = this.published();
    while (this.cursor < end && !this.policy.on.includes(this.lane[this.cursor]!.type)) this.cursor += 1;
  }

  /** Moves the cursor back by a number of events. */
  rewind(events: number): void {
    this.cursor = Math.max(0, this.cursor - events);
  }

  /** Delivers the next events concurrently; moves on when all of them were accepted. */
  async deliver(
    process: SimulatedProcess,
    most: number,
    known: Known,
    answered: (outcome: unknown) => void,
  ): Promise<void> {
    this.pass();
    const from = this.cursor;
    const to = Math.min(this.published(), from + most);
    const wanted = this.lane.slice(from, to).filter(({ type }) => this.policy.on.includes(type));
    const outcomes = await Promise.all(
      wanted.map((event) => {
        const { name, react } = this.policy;
        const cause = event as Heard & DomainEvent;
        return react(process, cause as never, new Reaction(name, cause), known);
      }),
    );
    for (const outcome of outcomes.flat()) answered(outcome);
    // Unless it was rewound meanwhile.
    if (this.cursor === from) this.cursor = to;
  }
}
