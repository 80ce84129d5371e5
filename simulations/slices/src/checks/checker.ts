import type { GatewayEvent, MeteringEvent, WalletEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Payer } from '@tokengrid/metering/decisions/state/payer';
import type { OpenedWallet } from '@tokengrid/wallet/decisions/state/wallet';
import { ensure } from '@tokengrid/simulation-kit';
import type { EdgeProcess } from '../world/served.ts';
import { payers, wallets } from '../world/parties.ts';
import { Charges } from './charges.ts';
import { Ledger } from './ledger.ts';
import { Months } from './months.ts';
import { NeededTokens } from './needed-tokens.ts';
import { Reports } from './reports.ts';

type StateOf = (streamId: string) => unknown;

/** Checks every event of a history, as soon as it is stored. */
export class Checker {
  readonly reached = new Map<string, number>();
  readonly lastEvents: string[] = [];
  events = 0;
  private readonly reports = new Reports();
  private readonly ledger = new Ledger(this.reports, (what) => this.reach(what));
  private readonly months = new Months((what) => this.reach(what));
  private readonly charges = new Charges(this.ledger, this.reports, this.months, (what) => this.reach(what));
  private readonly needed = new NeededTokens((what) => this.reach(what));
  private readonly payers = new Map<string, Payer>();
  private readonly opened = new Map<string, OpenedWallet>();

  gateway(events: readonly Recorded<GatewayEvent>[]): void {
    for (const event of events) {
      this.note(event);
      this.reports.ofGateway(event);
      if (event.type === 'UsesServed') this.months.served(event.data);
      if (event.type === 'SliceWanted') this.needed.asked(event.data);
    }
  }

  metering(events: readonly Recorded<MeteringEvent>[], stateOf: StateOf): void {
    for (const event of events) {
      this.note(event);
      this.reports.ofMetering(event);
      if (event.type === 'SliceOffered') {
        this.months.offered(event.data);
        this.needed.offered(event.data);
      }
      if (event.type === 'SliceRefused') this.reach(`refused: ${event.data.why}`);
      if (event.type === 'SliceClosed') this.months.closed(event.data);
      if (event.type === 'UsageRated') this.charges.rated(event);
      if (event.streamId.startsWith('usage-')) {
        const state = stateOf(event.streamId) as Payer;
        this.payers.set(event.streamId.slice('usage-'.length), state);
      }
    }
  }

  wallet(events: readonly Recorded<WalletEvent>[], stateOf: StateOf): void {
    const [first] = events;
    for (const event of events) {
      this.note(event);
      this.ledger.hear(event);
      if (event.type === 'WalletCharged') this.charges.charged(event);
      if (event.type === 'HoldPlaced' || event.type === 'HoldExtended') {
        if (event.data.slice) this.needed.granted(event.data.slice, event.data.tokens);
      } else if (event.type === 'HoldRefused' || event.type === 'HoldExtensionRefused') {
        this.needed.refused(event.data);
      }
    }
    const walletId = first && wallets.find((id) => id === first.streamId);
    if (!walletId) return;
    const wallet = stateOf(walletId) as OpenedWallet;
    this.opened.set(walletId, wallet);
    this.ledger.compare(wallet, events);
  }

  /** Open slices, as metering remembers them. */
  openSlicesOf(partyId: string) {
    return this.payers.get(partyId)?.slices ?? [];
  }

  afterStep(): void {
    for (const wallet of this.opened.values()) this.ledger.sums(wallet);
  }

  atTheEnd(gateways: readonly EdgeProcess[]): void {
    for (const partyId of payers) {
      const open = this.openSlicesOf(partyId);
      ensure(open.length === 0, () => `${open[0]!.sliceId} never ended`);
    }
    for (const { walletId, holds } of this.opened.values()) {
      ensure(holds.length === 0, () => `${holds[0]!.holdId} of ${walletId} was never released`);
    }
    this.months.atTheEnd();
    this.charges.atTheEnd(gateways);
  }

  reach(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  }

  private note(event: Recorded<DomainEvent>): void {
    this.events += 1;
    this.reach(event.type);
    const data = JSON.stringify(event.data, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
    this.lastEvents.push(`${event.id} ${event.streamId} ${event.type} ${data.slice(0, 400)}`);
    if (this.lastEvents.length > 25) this.lastEvents.shift();
  }
}
