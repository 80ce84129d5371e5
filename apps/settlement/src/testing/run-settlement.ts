import { identityCatalogue, type IdentityEvent, walletCatalogue, type WalletEvent } from '@tokengrid/contracts';
import { newId, type RunningService } from '@tokengrid/service';
import {
  type Answered,
  type Caller,
  issueKey,
  type Neighbour,
  runAmong,
  type SomeSettings,
  TestedService,
  until,
} from '@tokengrid/service/testing';
import { settlementConfig } from '../config.ts';
import { SettlementModule } from '../settlement.module.ts';

export type { Answered, Caller };

interface Neighbours {
  readonly identity: Neighbour<IdentityEvent>;
  readonly wallet: Neighbour<WalletEvent>;
}

/** Settlement on a real Kafka and a real Postgres, with neighbours that state events for specs. */
export class RunningSettlement extends TestedService {
  readonly identity: Neighbour<IdentityEvent>;
  readonly wallet: Neighbour<WalletEvent>;

  constructor(service: RunningService, { identity, wallet }: Neighbours, close: () => Promise<void>) {
    super(service, 'settlement', close);
    this.identity = identity;
    this.wallet = wallet;
  }

  /** An organization with a key that has every scope. */
  async organization(partyKind: 'developer' | 'provider'): Promise<Caller> {
    const caller = { secret: newId('secret'), partyId: newId('org') };
    await issueKey(this.identity, caller, partyKind);
    await until(async () => (await this.get(caller, '/v1/accruals')).status === 200);
    return caller;
  }

  /** Requests the closing of a day. */
  closeDay(day: string, body?: unknown, key?: string): Promise<Answered> {
    return this.call(this.operator, 'POST', `/v1/periods/${day}/close`, body, key);
  }

  /** Waits until a day is closed. */
  closed(day: string): Promise<Answered['body']> {
    return until(async () => {
      const { body } = await this.get(this.operator, `/v1/periods/${day}`);
      return body['status'] === 'closed' && body;
    });
  }
}

/** @param settings beside the defaults */
export async function runSettlement(settings: SomeSettings = {}): Promise<RunningSettlement> {
  const { service, neighbours, close } = await runAmong(
    { name: 'settlement', module: SettlementModule, config: settlementConfig },
    { identity: identityCatalogue, wallet: walletCatalogue },
    settings,
  );
  return new RunningSettlement(service, neighbours, close);
}
