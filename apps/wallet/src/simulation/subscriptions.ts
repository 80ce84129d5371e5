import {
  type EventOf,
  type OrganizationRegistered,
  type PartyReinstated,
  type PartySuspended,
  type PurchasePending,
  type StatementMade,
  type UsageRated,
  type WalletEvent,
} from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { Charging } from '../charging.ts';
import { whenCapacityDeclared } from '../policies/when-capacity-declared-return-the-unused.ts';
import { whenCapacityGranted } from '../policies/when-capacity-granted-receive-it.ts';
import { whenCapacityReturned } from '../policies/when-capacity-returned-reclaim-it.ts';
import { WhenEscrowReleasedReceiveEarnings } from '../policies/when-escrow-released-receive-earnings.ts';
import {
  whenFeesRetirementOrdered,
  WhenFeesRetirementOrderedRetireThem,
} from '../policies/when-fees-retirement-ordered-retire-them.ts';
import { WhenMemberSetSuspendIt } from '../policies/when-member-set-suspend-it.ts';
import { WhenPartyIsSuspendedOrReinstatedFollow } from '../policies/when-party-is-suspended-or-reinstated-follow.ts';
import { WhenPartyRegistersOpenWallet } from '../policies/when-party-registers-open-wallet.ts';
import { requestPayment } from '../payments/payment-requests.ts';
import { WhenStatementMadePayIt } from '../policies/when-statement-made-pay-it.ts';
import { WhenTokensSentReceiveThem } from '../policies/when-tokens-sent-receive-them.ts';
import { WhenTransferDeclinedReturnIt } from '../policies/when-transfer-declined-return-it.ts';
import { WhenUsageRatedChargeWallet } from '../policies/when-usage-rated-charge-wallet.ts';
import type { MarketTerms } from '../decisions/top-up.ts';
import { WhenVoucherReturnedRefundIt } from '../policies/when-voucher-returned-refund-it.ts';
import type { Directory } from './directory.ts';
import { KnownEscrow, KnownLines, KnownMembers, KnownPolicy, KnownPrice, SimulatedProvider } from './look-ups.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** What other services say. */
export type Foreign = EventOf<
  | typeof OrganizationRegistered
  | typeof PartySuspended
  | typeof PartyReinstated
  | typeof UsageRated
  | typeof StatementMade
>;
export type Heard = Recorded<WalletEvent | Foreign>;

/** What policies look up. */
interface Known {
  /** µAIT that charges put into each lane's escrow so far. */
  readonly charged: ReadonlyMap<number, bigint>;
  /** What is in force on the market. */
  readonly market: MarketTerms;
  /** Wallets that a party is a member of. */
  walletsOf(partyId: string): readonly string[];
  readonly directory: Directory;
  /** Whether the payment provider does not answer this time. */
  providerIsAway(): boolean;
}

/** What a policy does in a process with one event. */
interface SimulatedPolicy {
  readonly name: string;
  readonly from: 'wallet' | 'outside';
  readonly on: readonly string[];
  react(process: SimulatedProcess, event: never, reaction: Reaction, known: Known): Promise<unknown>;
}

/** The service's own policies. */
export const policies: readonly SimulatedPolicy[] = [
  {
    name: 'when-party-registers-open-wallet',
    from: 'outside',
    on: ['OrganizationRegistered'],
    react: ({ wallets }, event, reaction) => new WhenPartyRegistersOpenWallet(wallets).openWallet(event, reaction),
  },
  {
    name: 'when-usage-rated-charge-wallet',
    from: 'outside',
    on: ['UsageRated'],
    react: ({ wallets, issuing }, event, reaction, known) => {
      const { posted, policy } = known.market;
      const charging = new Charging(wallets, issuing, new KnownPrice(posted), new KnownPolicy(policy));
      return new WhenUsageRatedChargeWallet(charging, new KnownMembers(known), new KnownLines()).chargeWallet(
        event,
        reaction,
      );
    },
  },
  {
    name: 'when-party-is-suspended-or-reinstated-follow',
    from: 'outside',
    on: ['PartySuspended', 'PartyReinstated'],
    react: ({ wallets }, event, reaction, known) =>
      new WhenPartyIsSuspendedOrReinstatedFollow(wallets, new KnownMembers(known)).follow(event, reaction),
  },
  {
    name: 'when-member-set-suspend-it',
    from: 'wallet',
    on: ['MemberSet'],
    react: ({ wallets }, event, reaction) => new WhenMemberSetSuspendIt(wallets).suspend(event, reaction),
  },
  {
    name: 'when-statement-made-pay-it',
    from: 'outside',
    on: ['StatementMade'],
    react: (process, event, reaction, { charged }) =>
      new WhenStatementMadePayIt(process.lanes, new KnownEscrow(charged, process)).payStatement(event, reaction),
  },
  {
    name: 'when-tokens-sent-receive-them',
    from: 'wallet',
    on: ['TokensSent'],
    react: ({ wallets }, event, reaction) => new WhenTokensSentReceiveThem(wallets).receiveTokens(event, reaction),
  },
  {
    // No policy of the service's, whose table of work a database keeps: here the events are the work.
    name: 'payment-requests',
    from: 'wallet',
    on: ['PurchasePending'],
    react: async ({ wallets }, event, _, { directory, providerIsAway }) => {
      const { data, id: causationId, correlationId } = event as Recorded<EventOf<typeof PurchasePending>>;
      if (!directory.purchases.isAskedFor(data.purchaseId)) return;
      const provider = new SimulatedProvider(providerIsAway);
      await requestPayment(wallets, provider, { ...data, causationId, correlationId }, new AbortController().signal);
    },
  },
  {
    name: 'when-transfer-declined-return-it',
    from: 'wallet',
    on: ['TransferDeclined'],
    react: ({ wallets }, event, reaction) => new WhenTransferDeclinedReturnIt(wallets).returnTransfer(event, reaction),
  },
  {
    name: 'when-escrow-released-receive-earnings',
    from: 'wallet',
    on: ['EscrowReleased'],
    react: ({ wallets }, event, reaction) =>
      new WhenEscrowReleasedReceiveEarnings(wallets).receiveEarnings(event, reaction),
  },
  {
    name: 'when-voucher-returned-refund-it',
    from: 'wallet',
    on: ['VoucherReturned'],
    react: ({ wallets }, event, reaction) => new WhenVoucherReturnedRefundIt(wallets).refund(event, reaction),
  },
  {
    name: whenFeesRetirementOrdered,
    from: 'wallet',
    on: ['FeesRetirementOrdered'],
    react: ({ lanes }, event, reaction) => new WhenFeesRetirementOrderedRetireThem(lanes).retire(event, reaction),
  },
  {
    name: whenCapacityDeclared,
    from: 'wallet',
    on: ['CapacityDeclared'],
    react: ({ capacityDeclared }, event, reaction) => capacityDeclared.returnCapacity(event, reaction),
  },
  {
    name: whenCapacityGranted,
    from: 'wallet',
    on: ['CapacityGranted'],
    react: ({ capacityGranted }, event, reaction) => capacityGranted.receiveCapacity(event, reaction),
  },
  {
    name: whenCapacityReturned,
    from: 'wallet',
    on: ['CapacityReturned', 'CapacityFreed'],
    react: ({ capacityReturned }, event, reaction) => capacityReturned.reclaimCapacity(event, reaction),
  },
];

/** How far a policy has come in one lane. Events of a lane come in order, again after a crash, and again when somebody rewinds. */
export class Subscription {
  private cursor = 0;

  constructor(
    private readonly policy: SimulatedPolicy,
    private readonly lane: readonly Heard[],
    /** How much of the lane is in the log. */
    private readonly published: () => number,
  ) {}

  get isDone(): boolean {
    this.pass();
    return this.cursor >= this.published();
  }

  /** Passes over what the policy does not listen to. */
  private pass(): void {
    const end = this.published();
    while (this.cursor < end && !this.policy.on.includes(this.lane[this.cursor]!.type)) this.cursor += 1;
  }

  /** Reads on from an earlier place. */
  rewind(events: number): void {
    this.cursor = Math.max(0, this.cursor - events);
  }

  /** Hands the next events over all at once; goes on only when all of them were taken. */
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
    // Somebody may have rewound it meanwhile.
    if (this.cursor === from) this.cursor = to;
  }
}
