import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { actorText, commandIdOf } from '@tokengrid/contracts';
import { keyScopeOf, type Principal } from '@tokengrid/service';
import { recordReading, type RecordReading } from '../decisions/parties/record-reading.ts';
import { Parties } from '../streams/parties.ts';

/** An app that reads its caller's data, by the token of a call. */
export interface ReadingApp {
  readonly appId: string;
  readonly developerId: string;
  /** The token, of which several readings are one. */
  readonly token: string;
}

/**
 * Records each reading of personal data by somebody else than its party, before the data is told:
 * without the record nobody reads.
 */
@Injectable()
export class Readings {
  constructor(private readonly parties: Parties) {}

  /** @param correlationId of the request @throws StoreUnavailable, Overloaded */
  async byCaller(caller: Principal, correlationId: string, reading: RecordReading): Promise<void> {
    if (caller.partyId === reading.partyId || reading.fields.length === 0) return;
    const id = commandIdOf(keyScopeOf(caller), 'READ', reading.partyId, randomUUID());
    await this.record(reading, { id, correlationId, actor: caller.actor });
  }

  /** @throws StoreUnavailable, Overloaded */
  async byApp(
    { appId, developerId, token }: ReadingApp,
    reading: Pick<RecordReading, 'partyId' | 'fields'>,
  ): Promise<void> {
    if (reading.fields.length === 0) return;
    const id = commandIdOf(`app:${appId}`, 'READ', token, ...reading.fields);
    const actor = actorText({ party: developerId, person: appId, onBehalfOf: reading.partyId });
    await this.record({ ...reading, appId }, { id, correlationId: id, actor });
  }

  private async record(
    data: RecordReading,
    by: { readonly id: string; readonly correlationId: string; readonly actor: string },
  ): Promise<void> {
    await this.parties.handle(recordReading, { ...by, streamId: data.partyId, data, answerOnceStored: true });
  }
}
