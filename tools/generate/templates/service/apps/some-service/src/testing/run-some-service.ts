import type { PartyKind } from '@tokengrid/contracts';
import type { RunningService } from '@tokengrid/service';
import {
  type Answered,
  type Caller,
  type Ground,
  openGround,
  type SomeSettings,
  startOn,
  TestedService,
} from '@tokengrid/service/testing';
import { SomeServiceModule } from '../some-service.module.ts';
import { someServiceConfig } from '../config.ts';

/** The service over HTTP on a Postgres of its own. The log is in memory without readers. */
export class RunningSomeService extends TestedService {
  constructor(
    service: RunningService,
    private readonly ground: Ground,
    close: () => Promise<void>,
  ) {
    super(service, 'some-service', close);
  }

  /** A party of a kind, with the scopes that such a party's first key has. */
  party(partyKind: PartyKind): Caller {
    return this.ground.keys.party(partyKind);
  }

  post(who: Caller | undefined, path: string, body?: unknown, key?: string): Promise<Answered> {
    return this.call(who, 'POST', path, body, key);
  }
}

export async function runSomeService(settings: SomeSettings = {}): Promise<RunningSomeService> {
  const ground = await openGround('some-service');
  const someService = { name: 'some-service', module: SomeServiceModule, config: someServiceConfig };
  const service = await startOn(ground, someService, {
    settings: { LOG_LEVEL: 'silent', ANSWER_TIMEOUT_MS: '500', ...settings },
    clock: () => Date.now(),
  });
  return new RunningSomeService(service, ground, async () => {
    await service.close();
    await ground.close();
  });
}
