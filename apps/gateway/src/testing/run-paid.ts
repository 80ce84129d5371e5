import { Module, type Type } from '@nestjs/common';
import type { EventOf, ServedUse, UsesServed } from '@tokengrid/contracts';
import { ModelServer } from '@tokengrid/infra-local/testing';
import { newId, type RunningService, ServiceModule } from '@tokengrid/service';
import { type Caller, type Ground, openGround, type SomeSettings, startOn, until } from '@tokengrid/service/testing';
import pg from 'pg';
import { buildConnector } from 'undici';
import { gatewayConfig } from '../config.ts';
import { PassingModule } from '../passing.module.ts';
import { gatewayService } from '../service.definition.ts';
import { Routes } from '../serving/routes.ts';
import { SlicesModule } from '../slices/slices.module.ts';
import { Connections } from '../upstream/connections.ts';
import { EdgeWorld } from './edge-world.ts';
import { RoutesOfSpecs } from './routes-of-specs.ts';
import { masterKeyOfSpecs } from './run-gateway.ts';

/** The model of specs with slices: 1 µAIT a unit of input, 2 of output, 500 an image. */
export const paidModel = 'Test/Model';
export const paidPrices = { input_tokens: '1', output_tokens: '2', images: '500' };

/** A request to a process, as a spec states it. */
export interface Sent {
  readonly secret: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Directions for the model server. */
  readonly directions?: string;
  readonly signal?: AbortSignal;
}

/** Processes of the gateway that spend slices, between a spec and a model server. */
export class RunningPaid {
  readonly world: EdgeWorld;
  /** The gateway's Postgres. */
  readonly sql: pg.Pool;
  private granting: NodeJS.Timeout | undefined;
  private readonly granted = new Set<string>();

  constructor(
    readonly ground: Ground,
    readonly processes: RunningService[],
    readonly server: ModelServer,
    readonly routes: RoutesOfSpecs,
    readonly offerId: string,
    private readonly startOne: (settings?: SomeSettings) => Promise<RunningService>,
  ) {
    this.world = new EdgeWorld(ground);
    this.sql = new pg.Pool({ connectionString: ground.databaseUrl('gateway'), max: 4 });
  }

  /** Grants from now on whatever payers want. */
  grantAll(): void {
    this.granting ??= setInterval(() => {
      for (const { type, data } of this.world.said()) {
        if (type !== 'SliceWanted' || this.granted.has(`${data.sliceId} ${data.number}`)) continue;
        this.granted.add(`${data.sliceId} ${data.number}`);
        this.world.grant(data, { unitPrices: paidPrices });
      }
    }, 10);
  }

  /** Starts another process. @returns its place in the list of processes */
  async start(settings?: SomeSettings): Promise<number> {
    return this.processes.push(await this.startOne(settings)) - 1;
  }

  /** An instance of one of the classes of a process. */
  instance<T>(process: number, type: { readonly prototype: T }): T {
    return this.processes[process]!.app.get(type as Type<T>);
  }

  payer(): Caller {
    return this.ground.keys.party('developer');
  }

  post(process: number, { secret, path = '/v1/chat/completions', ...sent }: Sent, body: unknown): Promise<Response> {
    const { headers = {}, directions = '', signal } = sent;
    return fetch(`${this.processes[process]!.url}${path}`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${secret}`, 'content-type': 'application/json', 'x-model-server': directions },
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal && { signal }),
    });
  }

  /** Uses of a payer that are stored. */
  usesOf({ partyId }: Caller): readonly ServedUse[] {
    return this.world
      .of(partyId)
      .flatMap((event) => (event.type === 'UsesServed' ? (event.data as EventOf<typeof UsesServed>['data']).uses : []));
  }

  /** Uses of a caller, once there are so many. */
  usesOnce(caller: Caller, count: number): Promise<readonly ServedUse[]> {
    return until(() => Promise.resolve(this.usesOf(caller).length >= count && this.usesOf(caller)));
  }

  async close(): Promise<void> {
    clearInterval(this.granting);
    await Promise.all(this.processes.map((process) => process.close()));
    await Promise.all([this.server.stop(), this.sql.end()]);
    await this.ground.close();
  }
}

export async function runPaid(processes = 1, settings: SomeSettings = {}): Promise<RunningPaid> {
  const routes = new RoutesOfSpecs();
  const seams = [
    { provide: Routes, useValue: routes },
    { provide: Connections, useValue: { connect: buildConnector({}) } },
  ];
  @Module({ providers: seams, exports: seams })
  class SeamsOfSpecs {}
  @Module({ imports: [ServiceModule.with(gatewayService), PassingModule.with(SeamsOfSpecs, SlicesModule)] })
  class PaidOfSpecs {}

  const ground = await openGround('gateway');
  const startOne = (more: SomeSettings = {}) =>
    startOn(
      ground,
      { name: 'gateway', module: PaidOfSpecs, config: gatewayConfig },
      {
        settings: {
          ...{ LOG_LEVEL: 'silent', GATEWAY_MASTER_KEY: masterKeyOfSpecs, FORWARDED_HEADERS: 'x-model-server' },
          ...settings,
          ...more,
        },
        clock: () => Date.now(),
      },
    );
  const server = new ModelServer({ port: 0, models: [paidModel] });
  await server.start();
  const offerId = newId('mod');
  const offer = {
    ...{ offerId, providerId: newId('org'), model: paidModel, endpoint: server.url, region: 'eu' },
    ...{ trainsOnData: false, retentionDays: 0, prices: new Map(Object.entries(paidPrices)), priceVersion: 1 },
  };
  routes.routes = [{ offer, authorization: undefined }];
  const running = new RunningPaid(ground, [], server, routes, offerId, startOne);
  for (let place = 0; place < processes; place++) await running.start();
  return running;
}
