import {
  type MeteringEvent,
  meteringCatalogue,
  type SettlementEvent,
  settlementCatalogue,
  type WalletEvent,
  walletCatalogue,
} from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { calendarOf } from '@tokengrid/service';
import { usesLookUp } from '@tokengrid/metering/projections/usage-marks.projection';
import type { Dice } from '@tokengrid/simulation-kit';
import { usesLookUp as chargesLookUp } from '@tokengrid/wallet/projections/charged-uses.projection';
import { type WalletLane, walletLane } from '@tokengrid/wallet/decisions/state/wallet-lane';
import { type Checker, lanes } from '../checks/checker.ts';
import { ChargeTables } from '../machine/charge-tables.ts';
import type { Odds } from '../machine/fate.ts';
import { MeteringProcess } from '../machine/metering.ts';
import type { HeardRateCard } from '../machine/rate-card.ts';
import { Running } from '../machine/running.ts';
import { SettlementProcess } from '../machine/settlement.ts';
import { SimulatedStore, Storage } from '../machine/store.ts';
import { UseTables } from '../machine/use-tables.ts';
import { WalletProcess } from '../machine/wallet.ts';
import type { Market } from './market.ts';
import { lineOf } from './parties.ts';

/** Parameters of a history's services. */
export interface Setting {
  readonly zone: string;
  readonly now: () => number;
  readonly checker: Checker;
  readonly market: Market;
  readonly rateCard: HeardRateCard;
  /** Keys that the wallet has heard of. */
  readonly walletsKeys: ReadonlySet<string>;
  readonly odds: Odds;
  /** Told of periods that could not be closed. */
  readonly closes: (error: unknown) => void;
}

type Lanes = readonly (readonly Recorded<DomainEvent>[])[];

const lanesBy =
  (services: Readonly<Record<string, Lanes>>) =>
  (service: string): Lanes =>
    services[service]!;

/** The three services, with what each stores. */
export class Services {
  readonly metering: Running<MeteringEvent, MeteringProcess>;
  readonly wallet: Running<WalletEvent, WalletProcess>;
  readonly settlement: Running<SettlementEvent, SettlementProcess>;

  constructor(setting: Setting, dice: Dice) {
    const [metered, walleted, settled] = [
      new Storage<MeteringEvent>(lanes.metering),
      new Storage<WalletEvent>(lanes.wallet),
      new Storage<SettlementEvent>(lanes.settlement),
    ];
    const { market, checker, rateCard, odds, now } = setting;
    const lanesOf = lanesBy({
      identity: [market.identity.events],
      'app-registry': market.registry.map(({ events }) => events),
      metering: metered.lanes,
      wallet: walleted.lanes,
      settlement: settled.lanes,
    });
    const shared = { calendar: calendarOf(setting.zone), now };
    const tables = new UseTables();
    this.metering = new Running(
      metered,
      (fate) => {
        const committed = (events: readonly Recorded<MeteringEvent>[]) => {
          for (const event of events) tables.see(event);
          checker.metering(events);
        };
        const options = { ...shared, catalogue: meteringCatalogue, lanes: lanes.metering, system: undefined };
        const store = new SimulatedStore<MeteringEvent>(
          { ...options, setBy: usesLookUp.setBy, committed },
          metered,
          fate,
        );
        const looks = { ...shared, closing: checker.rated.corrected.closing, closes: setting.closes };
        return new MeteringProcess(store, rateCard, tables, looks);
      },
      ...([dice.another(), odds, lanesOf] as const),
    );
    const charges = new ChargeTables();
    const delays = dice.another();
    const looks = {
      tables: charges,
      isBehind: () => delays.once(9),
      walletsOf: (partyId: string) => checker.charged.memberships.walletsOf(partyId),
      lineOf: (key: string) => (setting.walletsKeys.has(key) ? lineOf(key) : undefined),
      charged: () => checker.charged.escrowCredits,
    };
    this.wallet = new Running(
      walleted,
      (fate) => {
        const committed = (events: readonly Recorded<WalletEvent>[]) => {
          for (const event of events) charges.see(event);
          checker.wallet(events);
        };
        const options = { ...shared, catalogue: walletCatalogue, lanes: lanes.wallet, system: walletLane };
        const store = new SimulatedStore<WalletEvent, WalletLane>(
          { ...options, setBy: chargesLookUp.setBy, committed },
          walleted,
          fate,
        );
        return new WalletProcess(store, looks);
      },
      ...([dice.another(), odds, lanesOf] as const),
    );
    this.settlement = new Running(
      settled,
      (fate) => {
        const committed = (events: readonly Recorded<SettlementEvent>[]) => checker.settlement(events);
        const options = { ...shared, catalogue: settlementCatalogue, lanes: lanes.settlement, system: undefined };
        return new SettlementProcess(new SimulatedStore<SettlementEvent>({ ...options, committed }, settled, fate));
      },
      ...([dice.another(), odds, lanesOf] as const),
    );
  }

  get all() {
    return [this.metering, this.wallet, this.settlement] as const;
  }
}
