import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { canonicalJson, receiptOf, signCompact } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { DataSource, In } from 'typeorm';
import { EntryRow, type EntryType } from '../projections/entries.table.ts';
import { ReceiptKeys } from './receipt-keys.ts';

/** Entries that there are receipts of. */
const types: readonly EntryType[] = ['charge', 'capture', 'purchase', 'sale'];

/** Receipts, made anew each time from the stored event, and always the same. */
@Injectable()
export class Receipts {
  constructor(
    private readonly database: DataSource,
    @Inject(EventStore) private readonly store: EventStore<WalletEvent>,
    private readonly keys: ReceiptKeys,
  ) {}

  /** Whose receipt it is, and where its event stands; by the id of the charge, capture, purchase or sale. */
  find(receiptId: string): Promise<EntryRow | null> {
    return this.database.getRepository(EntryRow).findOneBy({ reference: receiptId, type: In([...types]) });
  }

  /** The text of a signed receipt: canonical JSON. @throws EventsRetired */
  async issue({ lane, sequence }: EntryRow): Promise<string> {
    const [chained] = await this.store.eventsAfter(lane, sequence - 1, 1);
    const receipt = receiptOf(chained!.event, chained!.previousHash);
    if (!receipt) throw new Error(`${chained!.event.type} has an entry that needs a receipt, but no receipt`);
    return canonicalJson({ receipt, jws: await signCompact(canonicalJson(receipt), this.keys.signer) });
  }
}
