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
import { GatewayModule } from '../gateway.module.ts';
import { gatewayConfig } from '../config.ts';

/** Seals credentials in specs. */
export const masterKeyOfSpecs = Buffer.alloc(32, 7).toString('base64url');

/** The service over HTTP on a Postgres of its own. The log is in memory without readers. */
export class RunningGateway extends TestedService {
  constructor(
    service: RunningService,
    private readonly ground: Ground,
    close: () => Promise<void>,
  ) {
    super(service, 'gateway', close);
  }

  /** A party of a kind, with the scopes that such a party's first key has. */
  party(partyKind: PartyKind): Caller {
    return this.ground.keys.party(partyKind);
  }

  post(who: Caller | undefined, path: string, body?: unknown, key?: string): Promise<Answered> {
    return this.call(who, 'POST', path, body, key);
  }
}

export async function runGateway(settings: SomeSettings = {}): Promise<RunningGateway> {
  const ground = await openGround('gateway');
  const gateway = { name: 'gateway', module: GatewayModule, config: gatewayConfig };
  const service = await startOn(ground, gateway, {
    settings: { LOG_LEVEL: 'silent', GATEWAY_MASTER_KEY: masterKeyOfSpecs, ANSWER_TIMEOUT_MS: '500', ...settings },
    clock: () => Date.now(),
  });
  return new RunningGateway(service, ground, async () => {
    await service.close();
    await ground.close();
  });
}
