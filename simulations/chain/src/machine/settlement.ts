import { type SettlementEvent, settlementCatalogue } from '@tokengrid/contracts';
import { WhenEarningsReceivedOrFeesCollectedRecordPayment } from '@tokengrid/settlement/policies/when-earnings-received-or-fees-collected-record-payment';
import { WhenLaneClosedCountLane } from '@tokengrid/settlement/policies/when-lane-closed-count-lane';
import { WhenPeriodClosingCloseLane } from '@tokengrid/settlement/policies/when-period-closing-close-lane';
import { WhenWalletChargedAccrueUses } from '@tokengrid/settlement/policies/when-wallet-charged-accrue-uses';
import { Books } from '@tokengrid/settlement/streams/books';
import { Periods } from '@tokengrid/settlement/streams/periods';
import { SettlementLanes } from '@tokengrid/settlement/streams/settlement-lanes';
import { Statements } from '@tokengrid/settlement/streams/statements';
import type { SimulatedStore } from './store.ts';
import type { Subscriber } from './subscription.ts';

/** One process of settlement. */
export class SettlementProcess {
  readonly periods: Periods;
  readonly subscribers: readonly Subscriber[];

  constructor(store: SimulatedStore<SettlementEvent>) {
    this.periods = new Periods(store);
    const lanes = new SettlementLanes(store);
    const accrues = new WhenWalletChargedAccrueUses(lanes);
    const closes = new WhenPeriodClosingCloseLane(lanes);
    const counts = new WhenLaneClosedCountLane(new Books(store));
    const records = new WhenEarningsReceivedOrFeesCollectedRecordPayment(new Statements(store));
    const own = settlementCatalogue.service;
    this.subscribers = [
      {
        ...{ name: 'when-wallet-charged-accrue-uses', from: 'wallet', on: ['WalletCharged'], inOrder: true },
        react: async (events, reaction) => accrues.accrueUses(events, reaction),
      },
      {
        ...{ name: 'when-period-closing-close-lane', from: own, on: ['PeriodClosing'] },
        react: async (event, reaction) => closes.closeLanes(event, reaction),
      },
      {
        ...{ name: 'when-lane-closed-count-lane', from: own, on: ['LaneClosed'] },
        react: async (event, reaction) => counts.countLane(event, reaction),
      },
      {
        ...{ name: 'when-payment-record-payment', from: 'wallet', on: ['EarningsReceived', 'FeesCollected'] },
        react: async (event, reaction) => records.recordPayment(event, reaction),
      },
    ];
  }
}
