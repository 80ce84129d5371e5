import type { PartyKind } from '@tokengrid/contracts';
import type { InMemoryLog } from '@tokengrid/event-store';
import type { RunningService } from '@tokengrid/service';
import {
  type Answered,
  type Caller,
  type Ground,
  openGround,
  type SomeSettings,
  startOn,
  type Testable,
  TestedService,
} from '@tokengrid/service/testing';
import { AppRegistryModule } from '../app-registry.module.ts';
import { appRegistryConfig } from '../config.ts';

export type { Caller };

const appRegistry: Testable = { name: 'app-registry', module: AppRegistryModule, config: appRegistryConfig };

/** The registry over HTTP on a Postgres of its own. The log is in memory without readers. */
export class RunningAppRegistry extends TestedService {
  constructor(
    service: RunningService,
    private readonly ground: Ground,
    close: () => Promise<void>,
  ) {
    super(service, appRegistry.name, close);
  }

  get log(): InMemoryLog {
    return this.ground.log;
  }

  /** A party of a kind, with the scopes that such a party's first key has. */
  party(partyKind: PartyKind): Caller {
    return this.ground.keys.party(partyKind);
  }

  post(who: Caller | undefined, path: string, body?: unknown, key?: string): Promise<Answered> {
    return this.call(who, 'POST', path, body, key);
  }
}

export async function runAppRegistry(settings: SomeSettings = {}): Promise<RunningAppRegistry> {
  const ground = await openGround(appRegistry.name);
  const service = await startOn(ground, appRegistry, {
    // Most specs are about prices in force at once.
    settings: { LOG_LEVEL: 'silent', ANSWER_TIMEOUT_MS: '500', MIN_PRICE_NOTICE_MS: '0', ...settings },
    clock: () => Date.now(),
  });
  return new RunningAppRegistry(service, ground, async () => {
    await service.close();
    await ground.close();
  });
}
