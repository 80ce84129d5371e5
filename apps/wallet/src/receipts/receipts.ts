import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { canonicalJson, receiptOf, signCompact } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import { DataSource, In } from 'typeorm';
import { ChargedUses, isChargeId } from '../projections/charged-uses.ts';
import { EntryRow, type EntryType } from '../projections/entries.table.ts';
import { ReceiptKeys } from './receipt-keys.ts';

/** Types of entries with receipts, beside charges, which have one for each use. */
const types: readonly EntryType[] = ['capture', 'purchase', 'sale'];

/** The event of a receipt. */
interface Booked {
  readonly walletId: string;
  readonly lane: number;
  readonly sequence: number;
}

/** Receipts, derived from the stored event each time, and always the same. */
@Injectable()
export class Receipts {
  constructor(
    private readonly database: DataSource,
    private readonly charges: ChargedUses,
    @Inject(EventStore) private readonly store: EventStore<WalletEvent>,
    private readonly keys: ReceiptKeys,
  ) {}

  /** Event of a receipt, by the id of the charge, capture, purchase or sale. */
  find(receiptId: string): Promise<Booked | null> {
    if (isChargeId(receiptId)) return this.charges.find(receiptId);
    return this.database.getRepository(EntryRow).findOne({
      where: { reference: receiptId, type: In([...types]) },
      comment: inAllLanes,
    });
  }

  /** Text of a signed receipt: canonical JSON. @throws EventsRetired */
  async issue(receiptId: string, { lane, sequence }: Booked): Promise<string> {
    const [chained] = await this.store.eventsAfter(lane, sequence - 1, 1);
    const receipt = receiptOf(chained!.event, chained!.previousHash, receiptId);
    if (!receipt) throw new Error(`${chained!.event.type} lacks the receipt ${receiptId}`);
    return canonicalJson({ receipt, jws: await signCompact(canonicalJson(receipt), this.keys.signer) });
  }
}
