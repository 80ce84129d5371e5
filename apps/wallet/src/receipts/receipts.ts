import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { canonicalJson, receiptOf, signCompact } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import { DataSource, In } from 'typeorm';
import { EntryRow, type EntryType } from '../projections/entries.table.ts';
import { ReceiptKeys } from './receipt-keys.ts';

/** Types of entries with receipts. */
const types: readonly EntryType[] = ['charge', 'capture', 'purchase', 'sale'];

/** Receipts, derived from the stored event each time, and always the same. */
@Injectable()
export class Receipts {
  constructor(
    private readonly database: DataSource,
    @Inject(EventStore) private readonly store: EventStore<WalletEvent>,
    private readonly keys: ReceiptKeys,
  ) {}

  /** Entry of a receipt, by the id of the charge, capture, purchase or sale. */
  find(receiptId: string): Promise<EntryRow | null> {
    return this.database.getRepository(EntryRow).findOne({
      where: { reference: receiptId, type: In([...types]) },
      comment: inAllLanes,
    });
  }

  /** Text of a signed receipt: canonical JSON. @throws EventsRetired */
  async issue({ lane, sequence }: EntryRow): Promise<string> {
    const [chained] = await this.store.eventsAfter(lane, sequence - 1, 1);
    const receipt = receiptOf(chained!.event, chained!.previousHash);
    if (!receipt) throw new Error(`${chained!.event.type} has an entry that needs a receipt, but no receipt`);
    return canonicalJson({ receipt, jws: await signCompact(canonicalJson(receipt), this.keys.signer) });
  }
}
