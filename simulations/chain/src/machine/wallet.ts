import { type WalletEvent, walletCatalogue } from '@tokengrid/contracts';
import { NotYet } from '@tokengrid/kernel';
import type { WalletLane } from '@tokengrid/wallet/decisions/state/wallet-lane';
import { ChargingCorrections } from '@tokengrid/wallet/flows/charging-corrections';
import { ChargingRatedUses } from '@tokengrid/wallet/flows/charging-rated-uses';
import { Collecting } from '@tokengrid/wallet/flows/collecting';
import { Deciding } from '@tokengrid/wallet/flows/deciding';
import { GivingBack } from '@tokengrid/wallet/flows/giving-back';
import { Issuing } from '@tokengrid/wallet/flows/issuing';
import { UseActors } from '@tokengrid/wallet/flows/use-actors';
import { WhenCapacityDeclaredReturnCapacity } from '@tokengrid/wallet/policies/when-capacity-declared-return-capacity';
import { WhenCapacityGrantedReceiveCapacity } from '@tokengrid/wallet/policies/when-capacity-granted-receive-capacity';
import { WhenCapacityReturnedOrCapacityFreedReclaimCapacity } from '@tokengrid/wallet/policies/when-capacity-returned-or-capacity-freed-reclaim-capacity';
import { WhenEscrowReleasedReceiveEarnings } from '@tokengrid/wallet/policies/when-escrow-released-receive-earnings';
import { WhenOrganizationRegisteredOrSubscriberRegisteredOpenWallet } from '@tokengrid/wallet/policies/when-organization-registered-or-subscriber-registered-open-wallet';
import { WhenStatementMadeReleaseEscrowOrCollectFees } from '@tokengrid/wallet/policies/when-statement-made-release-escrow-or-collect-fees';
import { WhenTokensCameChargeWallet } from '@tokengrid/wallet/policies/when-tokens-came-charge-wallet';
import { WhenUsageRatedOrUsageCorrectedChargeWallet } from '@tokengrid/wallet/policies/when-usage-rated-or-usage-corrected-charge-wallet';
import { Escrow } from '@tokengrid/wallet/projections/escrow';
import { KeyDirectory } from '@tokengrid/wallet/projections/key-directory';
import { MemberDirectory } from '@tokengrid/wallet/projections/member-directory';
import { CapacityStream } from '@tokengrid/wallet/streams/capacity';
import { Lanes } from '@tokengrid/wallet/streams/lanes';
import { Wallets } from '@tokengrid/wallet/streams/wallets';
import { type ChargeTables, FoundCharges, FoundPeriods } from './charge-tables.ts';
import type { SimulatedStore } from './store.ts';
import type { Subscriber } from './subscription.ts';

/** What the wallet's policies look up in its own tables. */
export interface WalletLooks {
  walletsOf(partyId: string): readonly string[];
  /** The key with those it descends from; `undefined` as long as it is not known. */
  lineOf(keyId: string): readonly string[] | undefined;
  /** µAIT that charges put into each lane's escrow so far. */
  charged(): ReadonlyMap<number, bigint>;
  readonly tables: ChargeTables;
  /** Whether a look into the tables comes a moment too early for the last event. */
  isBehind(): boolean;
}

/** Events after which waiting uses are tried again, of those that happen here. */
const tokensCome = [
  ...['TokensGranted', 'EarningsReceived', 'VoucherIssued', 'WalletCharged'],
  ...['WalletUnfrozen', 'SpendLimitsSet', 'MemberSet', 'MemberReinstated', 'MemberRemoved'],
];

class FoundMembers extends MemberDirectory {
  constructor(private readonly looks: WalletLooks) {
    super(undefined as never);
  }

  override walletsOf(partyId: string): Promise<readonly string[]> {
    return Promise.resolve(this.looks.walletsOf(partyId));
  }
}

class FoundKeys extends KeyDirectory {
  constructor(private readonly looks: WalletLooks) {
    super(undefined as never, undefined as never);
  }

  override lineOf(keyId: string): Promise<readonly string[]> {
    const line = this.looks.lineOf(keyId);
    return line ? Promise.resolve(line) : Promise.reject(new NotYet(`unknown key ${keyId}`));
  }
}

class FoundEscrow extends Escrow {
  constructor(
    private readonly looks: WalletLooks,
    lanes: Lanes,
  ) {
    super(undefined as never, lanes);
  }

  override chargedByLane(): Promise<ReadonlyMap<number, bigint>> {
    return Promise.resolve(this.looks.charged());
  }
}

/** One process of the wallet. */
export class WalletProcess {
  readonly wallets: Wallets;
  readonly subscribers: readonly Subscriber[];

  constructor(store: SimulatedStore<WalletEvent, WalletLane>, looks: WalletLooks) {
    this.wallets = new Wallets(store);
    const lanes = new Lanes(store);
    const capacity = new CapacityStream(store);
    const issuing = new Issuing(
      ...([lanes, capacity, new WhenCapacityDeclaredReturnCapacity(lanes)] as const),
      new WhenCapacityGrantedReceiveCapacity(lanes),
      new WhenCapacityReturnedOrCapacityFreedReclaimCapacity(capacity),
      { capacityTimeoutMs: 4000, capacityRetryMs: 50 },
    );
    // Nobody's wallet tops itself up here: prices, policies and purchases are not asked for.
    const [prices, market, purchases] = [undefined as never, undefined as never, undefined as never];
    const found = new FoundCharges(looks.tables, looks.isBehind);
    const periods = new FoundPeriods(looks.tables, looks.isBehind);
    const deciding = new Deciding(prices, market, purchases, issuing, found, periods);
    const [members, keys] = [new FoundMembers(looks), new FoundKeys(looks)];
    const actors = new UseActors(keys);
    const giving = new GivingBack(this.wallets, deciding, periods, store);
    const uses = new ChargingRatedUses(this.wallets, deciding, members, keys, store, giving);
    const corrections = new ChargingCorrections(this.wallets, deciding, found, members, actors, store, giving);
    const charges = new WhenUsageRatedOrUsageCorrectedChargeWallet(uses, corrections);
    const collecting = new Collecting(waitingIn(looks.tables), lanes, this.wallets, deciding, actors);
    const collects = new WhenTokensCameChargeWallet(collecting);
    const opens = new WhenOrganizationRegisteredOrSubscriberRegisteredOpenWallet(this.wallets);
    const pays = new WhenStatementMadeReleaseEscrowOrCollectFees(lanes, new FoundEscrow(looks, lanes), store);
    const receives = new WhenEscrowReleasedReceiveEarnings(this.wallets);
    this.subscribers = [
      {
        ...{ name: 'when-organization-registered-open-wallet', from: 'identity', on: ['OrganizationRegistered'] },
        react: async (event, reaction) => opens.openWallet(event, reaction),
      },
      {
        ...{
          name: 'when-usage-rated-or-usage-corrected-charge-wallet',
          from: 'metering',
          on: ['UsageRated', 'UsageCorrected'],
        },
        react: async (event, reaction) => charges.chargeWallet(event, reaction),
      },
      {
        ...{ name: 'when-tokens-came-charge-wallet', from: walletCatalogue.service, on: tokensCome },
        react: async (event, reaction) => collects.collectUses(event, reaction),
      },
      {
        ...{ name: 'when-statement-made-release-escrow', from: 'settlement', on: ['StatementMade'] },
        react: async (event, reaction) => pays.payStatement(event, reaction),
      },
      {
        ...{ name: 'when-escrow-released-receive-earnings', from: walletCatalogue.service, on: ['EscrowReleased'] },
        react: async (event, reaction) => receives.receiveEarnings(event, reaction),
      },
    ];
  }
}

/** Collecting asks its database which wallets have waiting uses, and for a page of these. */
function waitingIn(tables: ChargeTables) {
  type AskedPage = readonly [lane: number, walletId: string, since: number, usageId: string, most: number];
  type AskedWallets = readonly [lanes: readonly number[], walletIds: readonly string[]];
  const withWaiting = ([lanes, walletIds]: AskedWallets) =>
    walletIds.flatMap((walletId, at) =>
      tables.waitingIn(lanes[at]!, walletId, 0, '', 1).length > 0 ? [{ walletId }] : [],
    );
  const isPage = (asked: AskedPage | AskedWallets): asked is AskedPage => asked.length > 2;
  const query = (_: string, asked: AskedPage | AskedWallets) =>
    Promise.resolve(isPage(asked) ? tables.waitingIn(...asked) : withWaiting(asked));
  return { query } as never;
}
