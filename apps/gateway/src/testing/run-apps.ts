import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Module } from '@nestjs/common';
import {
  AppCreated,
  AppReinstated,
  AppSubscribed,
  AppSuspended,
  AppUnsubscribed,
  type AppRegistryEvent,
  ConsentSet,
  instantOf,
  type Manifest,
  VersionPublished,
} from '@tokengrid/contracts';
import { newId, poolOf, type RunningService, ServiceModule } from '@tokengrid/service';
import {
  type Caller,
  type Ground,
  openGround,
  type SomeSettings,
  startOn,
  TestedService,
} from '@tokengrid/service/testing';
import { DataSource } from 'typeorm';
import { AppsModule } from '../apps.module.ts';
import { gatewayConfig } from '../config.ts';
import { DirectoryModule } from '../directory.module.ts';
import { apps } from '../directory/apps.projection.ts';
import { gatewayService } from '../service.definition.ts';
import { Purse } from '../serving/purse.ts';
import { AppServer } from './app-server.ts';
import { PurseOfSpecs } from './purse-of-specs.ts';
import { masterKeyOfSpecs } from './run-gateway.ts';

const longAgo = '2026-01-01T00:00:00.000Z';

/** An app of a spec, as it was published. */
export interface SpecApp {
  readonly appId: string;
  readonly slug: string;
  readonly developerId: string;
}

/** A subscription of a spec, and its party. */
export interface SpecSubscriber {
  readonly caller: Caller;
  readonly subscriptionId: string;
}

type Event = Extract<AppRegistryEvent, { readonly type: keyof typeof apps.on }>;

/** The gateway between callers and an app's server, with tokens that a spec sets. */
export class RunningApps extends TestedService {
  constructor(
    service: RunningService,
    readonly purse: PurseOfSpecs,
    readonly server: AppServer,
    readonly ground: Ground,
    /** Everything that was logged. */
    readonly logged: readonly string[],
    close: () => Promise<void>,
  ) {
    super(service, 'gateway', close);
  }

  /** Publishes an app, whose endpoint is the server by default. */
  async app(some: Partial<Manifest> = {}): Promise<SpecApp> {
    const app = { appId: newId('app'), slug: `spec-${newId('s').slice(-20).toLowerCase()}`, developerId: newId('org') };
    await this.say(AppCreated({ ...app, name: 'Spec' }));
    await this.publish(app, some);
    return app;
  }

  async publish(app: SpecApp, some: Partial<Manifest> = {}, version = 1, effectiveFrom = longAgo): Promise<void> {
    const manifest: Manifest = {
      ...{ endpoint: this.server.url, description: 'a spec', scopes: [], dataUse: [], meters: [] },
      plans: [{ id: 'basic', name: 'Basic', prices: [] }],
      revenueShare: { operatorBps: 0 },
      ...some,
    };
    await this.say(
      VersionPublished({ ...app, version, name: 'Spec', effectiveFrom, subscriptionsFrom: null, manifest }),
    );
  }

  /** Subscribes a party, a new one by default. */
  async subscriber(app: SpecApp, scopes: readonly string[] = [], caller = this.party()): Promise<SpecSubscriber> {
    const subscriptionId = newId('sbn');
    const { appId, slug, developerId } = app;
    await this.say(
      AppSubscribed({
        ...{ subscriptionId, appId, slug, partyId: caller.partyId, developerId, version: 1, planId: 'basic' },
        ...{ from: longAgo, consent: { scopes: [...scopes], dataUse: [] } },
      }),
    );
    return { caller, subscriptionId };
  }

  party(): Caller {
    return this.ground.keys.party('subscriber');
  }

  suspend(app: SpecApp): Promise<void> {
    return this.say(AppSuspended(app));
  }

  reinstate(app: SpecApp): Promise<void> {
    return this.say(AppReinstated(app));
  }

  consent(app: SpecApp, { caller, subscriptionId }: SpecSubscriber, scopes: readonly string[]): Promise<void> {
    const { appId, slug } = app;
    const { partyId } = caller;
    return this.say(ConsentSet({ subscriptionId, appId, slug, partyId, scopes: [...scopes], dataUse: [] }));
  }

  unsubscribe({ appId, slug }: SpecApp, { caller: { partyId }, subscriptionId }: SpecSubscriber): Promise<void> {
    return this.say(AppUnsubscribed({ subscriptionId, appId, slug, partyId, until: instantOf(Date.now()) }));
  }

  /** A call of a path below an app. */
  fetch(app: SpecApp, { secret }: Caller, path = '', init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${secret}`, ...(init.headers as Record<string, string>) };
    return fetch(`${this.url}/apps/${app.slug}${path}`, { redirect: 'manual', ...init, headers });
  }

  /** Sends bytes on a connection of their own; resolves to all that came back. */
  raw(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(this.url).port), '127.0.0.1');
    socket.write(bytes, 'latin1');
    return text(socket);
  }

  /** The registry says something, and the directory has it. */
  private async say(event: Event): Promise<void> {
    const batch = apps.begin();
    const take = apps.on[event.type] as (batch: object, event: object) => void;
    take(batch, { ...event, time: Date.now() });
    const pool = poolOf(this.service.app.get(DataSource));
    await apps.flush(pool as never, batch, 0);
  }
}

export async function runApps(settings: SomeSettings = {}): Promise<RunningApps> {
  const purse = new PurseOfSpecs(new Map([['requests', '1000']]));
  const [ground, server] = await Promise.all([openGround('gateway'), AppServer.start()]);
  const logged: string[] = [];
  const closeGround = () => Promise.all([server.stop(), ground.close()]);
  try {
    const service = await startAppsOn(ground, purse, { ALLOWED_ENDPOINTS: server.url, ...settings }, logged);
    return new RunningApps(service, purse, server, ground, logged, async () => {
      await service.close();
      await closeGround();
    });
  } catch (error) {
    await closeGround();
    throw error;
  }
}

/** Starts one process of the gateway. */
export function startAppsOn(
  ground: Ground,
  purse: Purse,
  settings: SomeSettings,
  logged: string[] = [],
): Promise<RunningService> {
  const seams = [{ provide: Purse, useValue: purse }];
  @Module({ providers: seams, exports: seams })
  class SeamsOfSpecs {}
  @Module({ imports: [ServiceModule.with(gatewayService), AppsModule.with(DirectoryModule, SeamsOfSpecs)] })
  class AppsOfSpecs {}
  return startOn(
    ground,
    { name: 'gateway', module: AppsOfSpecs, config: gatewayConfig },
    {
      settings: { LOG_LEVEL: 'info', GATEWAY_MASTER_KEY: masterKeyOfSpecs, ...settings },
      clock: () => Date.now(),
      logTo: { write: (line) => void logged.push(line) },
    },
  );
}
