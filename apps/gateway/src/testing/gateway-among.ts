import {
  type AppRegistryEvent,
  appRegistryCatalogue,
  identityCatalogue,
  type IdentityEvent,
  type PartyKind,
  walletCatalogue,
  type WalletEvent,
} from '@tokengrid/contracts';
import type { DestinationStream } from 'pino';
import { newId, type RunningService } from '@tokengrid/service';
import {
  type Caller,
  issueKey,
  type Neighbour,
  runAmong,
  type SomeSettings,
  TestedService,
} from '@tokengrid/service/testing';
import { gatewayConfig } from '../config.ts';
import { GatewayModule } from '../gateway.module.ts';
import { masterKeyOfSpecs } from './run-gateway.ts';

interface Neighbours {
  readonly identity: Neighbour<IdentityEvent>;
  readonly appRegistry: Neighbour<AppRegistryEvent>;
  readonly wallet: Neighbour<WalletEvent>;
}

/** The gateway on a real Kafka and a real Postgres, with neighbours that state events for specs. */
export class GatewayAmong extends TestedService {
  readonly identity: Neighbour<IdentityEvent>;
  readonly appRegistry: Neighbour<AppRegistryEvent>;
  readonly wallet: Neighbour<WalletEvent>;

  constructor(service: RunningService, neighbours: Neighbours, close: () => Promise<void>) {
    super(service, 'gateway', close);
    this.identity = neighbours.identity;
    this.appRegistry = neighbours.appRegistry;
    this.wallet = neighbours.wallet;
  }

  /** A party with a key that has every scope; the gateway knows it once its key works. */
  async register(kind: PartyKind): Promise<Caller> {
    const caller = { secret: newId('secret'), partyId: newId(kind === 'subscriber' ? 'sub' : 'org') };
    await issueKey(this.identity, caller, kind);
    return caller;
  }
}

/** @param logTo destination of its log; standard output by default */
export async function runGatewayAmong(settings: SomeSettings = {}, logTo?: DestinationStream): Promise<GatewayAmong> {
  const { service, neighbours, close } = await runAmong(
    { name: 'gateway', module: GatewayModule, config: gatewayConfig },
    { identity: identityCatalogue, appRegistry: appRegistryCatalogue, wallet: walletCatalogue },
    { GATEWAY_MASTER_KEY: masterKeyOfSpecs, ...settings },
    logTo,
  );
  return new GatewayAmong(service, neighbours, close);
}
