import {
  type EventOf,
  type GatewayEvent,
  gatewayCatalogue,
  type MeteringEvent,
  meteringCatalogue,
  type UsageRated,
  type WalletEvent,
  walletCatalogue,
} from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';
import type { Aggregate, Decide, Recorded } from '@tokengrid/kernel';
import { Slices } from '@tokengrid/metering/flows/slices';
import { WhenHoldRefusedCloseSlice } from '@tokengrid/metering/policies/when-hold-refused-close-slice';
import { WhenHoldsRecalledRecallSlices } from '@tokengrid/metering/policies/when-holds-recalled-recall-slices';
import { WhenSliceWantedOfferSlice } from '@tokengrid/metering/policies/when-slice-wanted-offer-slice';
import { WhenUsesServedOrSliceReturnedRateServedOrCloseSlice } from '@tokengrid/metering/policies/when-uses-served-or-slice-returned-rate-served-or-close-slice';
import { usesLookUp } from '@tokengrid/metering/projections/usage-marks.projection';
import { Payers } from '@tokengrid/metering/streams/payers';
import type { Dice } from '@tokengrid/simulation-kit';
import { walletLane } from '@tokengrid/wallet/decisions/state/wallet-lane';
import { openMarket } from '@tokengrid/wallet/decisions/state/market-policies';
import { WhenSliceClosedReleaseSlice } from '@tokengrid/wallet/policies/when-slice-closed-release-slice';
import { WhenSliceOfferedHoldSliceOrRenewSlice } from '@tokengrid/wallet/policies/when-slice-offered-hold-slice-or-renew-slice';
import { ChargingRatedUses } from '@tokengrid/wallet/flows/charging-rated-uses';
import { Wallets } from '@tokengrid/wallet/streams/wallets';
import type { Checker } from '../checks/checker.ts';
import { Core } from '../machine/core.ts';
import type { Follower } from '../machine/following.ts';
import { facts, walletsOf } from './parties.ts';

/** Times of slices here: short, so that they end in a history. */
const settings = { sliceValidMs: 20_000, sliceGraceMs: 5000, sliceIdleMs: 15_000, sliceRenewBelowBps: 3000 };

const market = {
  posted: { priceVersion: 1, currency: 'CNY', buy: 200n, sellBack: 150n },
  policy: openMarket,
};

/** Metering and the wallet, with their decisions and policies, and the gateway's log. */
export class Services {
  readonly gateway: Core<GatewayEvent>;
  readonly metering: Core<MeteringEvent>;
  readonly wallet: Core<WalletEvent>;
  readonly payers: Payers;
  readonly wallets: Wallets;
  readonly slices: Slices;

  constructor(checker: Checker, dice: Dice, now: () => number) {
    this.gateway = new Core({ catalogue: gatewayCatalogue, now, dice, committed: (events) => checker.gateway(events) });
    this.gateway.diesOnceIn = 0;
    this.metering = new Core({
      ...{ catalogue: meteringCatalogue, now, dice, setBy: usesLookUp.setBy },
      committed: (events, stateOf) => checker.metering(events, stateOf),
    });
    this.wallet = new Core({
      ...{ catalogue: walletCatalogue, now, dice, system: walletLane as Aggregate<unknown, WalletEvent> },
      committed: (events, stateOf) => checker.wallet(events, stateOf),
    });
    this.payers = new Payers(this.metering as never);
    this.wallets = new Wallets(this.wallet as never);
    this.slices = new Slices(this.payers, { factsAbout: () => Promise.resolve(facts) } as never, settings);
  }

  followers(): readonly Follower[] {
    const { wallets, wallet, slices } = this;
    const members = { walletsOf: (partyId: string) => Promise.resolve(walletsOf(partyId)) } as never;
    const keys = { lineOf: (key: string) => Promise.resolve([key]), bind: () => undefined } as never;
    const deciding = {
      handle: (_: unknown, decide: Decide<never, object, WalletEvent, never>, command: Command<object>) =>
        wallets.handle(decide as never, { ...command, data: { ...command.data, market } } as never),
    } as never;
    const offered = new WhenSliceOfferedHoldSliceOrRenewSlice(wallets, deciding, members, keys, wallet);
    const closed = new WhenSliceClosedReleaseSlice(wallets, members, wallet);
    const rated = new ChargingRatedUses(wallets, deciding, members, keys, wallet, undefined as never);
    const wanted = new WhenSliceWantedOfferSlice(slices);
    const served = new WhenUsesServedOrSliceReturnedRateServedOrCloseSlice(slices);
    const refused = new WhenHoldRefusedCloseSlice(slices);
    const recalled = new WhenHoldsRecalledRecallSlices(slices);
    return [
      {
        ...{ name: 'when-slice-wanted', from: 'gateway', on: ['SliceWanted'] },
        react: async (event, reaction) => wanted.offer(event, reaction),
      },
      {
        ...{ name: 'when-uses-served', from: 'gateway', on: ['UsesServed', 'SliceReturned'], inOrder: true },
        react: async (events, reaction) => served.follow(events, reaction),
      },
      {
        ...{ name: 'when-hold-refused', from: 'wallet', on: ['HoldRefused'] },
        react: async (event, reaction) => refused.close(event, reaction),
      },
      {
        ...{ name: 'when-holds-recalled', from: 'wallet', on: ['HoldsRecalled'] },
        react: async (event, reaction) => recalled.recall(event, reaction),
      },
      {
        ...{ name: 'when-slice-offered', from: 'metering', on: ['SliceOffered'] },
        react: async (event, reaction) => offered.holdSlice(event, reaction),
      },
      {
        ...{ name: 'when-usage-rated', from: 'metering', on: ['UsageRated'] },
        react: async (event, reaction) => rated.charge(charged(event), reaction),
      },
      {
        ...{ name: 'when-slice-closed', from: 'metering', on: ['SliceClosed'] },
        react: async (event, reaction) => closed.releaseSlice(event, reaction),
      },
    ];
  }
}

/**
 * What is to be charged of uses. Giving back of a month is a matter of the wallet's own specs.
 */
const charged = (event: RatedEvent): RatedEvent => ({
  ...event,
  data: { ...event.data, uses: event.data.uses.filter(({ tokens }) => tokens >= 0n) },
});

type RatedEvent = Recorded<EventOf<typeof UsageRated>>;
