import { Module } from '@nestjs/common';
import type { KeyRights } from '@tokengrid/contracts';
import { newId, ServiceModule, withoutOrigin } from '@tokengrid/service';
import { type Caller, openGround, type SomeSettings, startOn, until } from '@tokengrid/service/testing';
import { ModelServer } from '@tokengrid/infra-local/testing';
import { buildConnector } from 'undici';
import { gatewayConfig } from '../config.ts';
import { PassingModule } from '../passing.module.ts';
import { gatewayService } from '../service.definition.ts';
import { Purse } from '../serving/purse.ts';
import { ServingProcess } from '../serving/serving-process.ts';
import { type Route, Routes } from '../serving/routes.ts';
import { Connections } from '../upstream/connections.ts';
import { masterKeyOfSpecs } from './run-gateway.ts';
import { type Opened, PurseOfSpecs } from './purse-of-specs.ts';
import { RoutesOfSpecs } from './routes-of-specs.ts';

/** Prices of every offer in specs, in µAIT per unit. */
const pricesOfSpecs: ReadonlyMap<string, string> = new Map([
  ['input_tokens', '1'],
  ['output_tokens', '3'],
  ['images', '500'],
]);

/** Name of the model in specs, which the model server has. */
export const modelOfSpecs = 'Test/Model-1.5b';

/** The gateway between a caller and a model server, with tokens and routes that a spec sets. */
export interface RunningPassing {
  readonly url: string;
  readonly caller: Caller;
  readonly purse: PurseOfSpecs;
  readonly routes: RoutesOfSpecs;
  readonly server: ModelServer;
  /** Secret of a new key of the caller's party with limits. */
  keyWith(rights: KeyRights): string;
  /** An instance of one of its classes. */
  instance<T>(type: { readonly prototype: T }): T;
  /** A route to an endpoint, by default that of the model server. */
  route(some?: Partial<Route['offer']>): Route;
  /** A request of the caller. */
  post(path: string, body: unknown, headers?: Record<string, string>, signal?: AbortSignal): Promise<Response>;
  /** The last request at the purse, once it is settled. */
  settled(): Promise<Opened>;
  /** Takes everything back to how it was at first. */
  reset(): void;
  /** Everything that was logged. */
  readonly logged: readonly string[];
  /** Stops the gateway alone, as a signal does. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export async function runPassing(settings: SomeSettings = {}): Promise<RunningPassing> {
  const [purse, routes] = [new PurseOfSpecs(pricesOfSpecs), new RoutesOfSpecs()];
  const server = new ModelServer({ port: 0, models: [modelOfSpecs] });
  const [ground] = await Promise.all([openGround('gateway'), server.start()]);

  const seams = [
    { provide: Purse, useValue: purse },
    { provide: Routes, useValue: routes },
    { provide: Connections, useValue: { connect: buildConnector({}) } },
    { provide: ServingProcess, useValue: { gatewayId: 'gwy_of_specs' } },
  ];
  @Module({ providers: seams, exports: seams })
  class SeamsOfSpecs {}
  @Module({ imports: [ServiceModule.with(gatewayService), PassingModule.with(SeamsOfSpecs)] })
  class PassingOfSpecs {}

  const logged: string[] = [];
  const service = await startOn(
    ground,
    { name: 'gateway', module: PassingOfSpecs, config: gatewayConfig },
    {
      settings: { GATEWAY_MASTER_KEY: masterKeyOfSpecs, FORWARDED_HEADERS: 'x-model-server', ...settings },
      clock: () => Date.now(),
      logTo: { write: (line) => void logged.push(line) },
    },
  );
  const caller = ground.keys.party('developer');
  const route: RunningPassing['route'] = (some = {}) => ({
    offer: {
      ...{ offerId: newId('mod'), providerId: newId('org'), model: modelOfSpecs, endpoint: server.url },
      ...{ region: 'eu', trainsOnData: false, retentionDays: 0, prices: pricesOfSpecs, priceVersion: 1 },
      ...some,
    },
    authorization: 'Bearer provider-secret',
  });
  const reset = () => {
    routes.routes = [route()];
    Object.assign(purse, { available: 10n ** 12n, refuses: undefined, beforeFinish: undefined });
    for (const list of [routes.told, routes.wishes, purse.opened, server.calls, logged]) list.length = 0;
  };
  reset();
  return {
    ...{ url: service.url, caller, purse, routes, server, route, reset, logged },
    instance: (type) => service.app.get(type as never, { strict: false }),
    keyWith: (rights) => {
      const secret = newId('secret');
      const { models: _, apps: __, ...limits } = rights;
      const keyId = newId('key');
      const limited = Object.keys(limits).length > 0 ? [{ person: keyId, limits }] : [];
      const lineage = { ...withoutOrigin(keyId), limited };
      ground.keys.add(secret, { keyId, partyId: caller.partyId, partyKind: 'developer', rights, lineage });
      return secret;
    },
    post: (path, body, headers = {}, signal) =>
      fetch(`${service.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${caller.secret}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(signal && { signal }),
      }),
    settled: () =>
      until(() => {
        const last = purse.opened.at(-1);
        return Promise.resolve(last?.ended && last);
      }),
    stop: () => service.close(),
    close: async () => {
      await service.close();
      await Promise.all([server.stop(), ground.close()]);
    },
  };
}
