import { createHash } from 'node:crypto';
import { ApiKeyIssued, type Catalogue, type EventOf, type IdentityEvent, type PartyKind } from '@tokengrid/contracts';
import type { DestinationStream } from 'pino';
import { borrowKafka, borrowPostgres } from '@tokengrid/infra-local/testing';
import type { DomainEvent } from '@tokengrid/kernel';
import type { BaseConfig } from '../config/base-config.ts';
import { readConfig } from '../config/read-config.ts';
import { newId } from '../ids.ts';
import { openLog } from '../log/log.ts';
import { openPostgresAndKafka } from '../postgres-and-kafka.ts';
import { type RunningService, runService } from '../run-service.ts';
import { scopes } from '../scopes.ts';
import { type Neighbour, openNeighbour } from './neighbour.ts';
import type { Caller } from './tested-service.ts';
import { databaseOf, settingsOfSpecs, type SomeSettings, type Testable } from './testable.ts';

/** A service on a real Kafka and a real Postgres, with neighbours that state events for specs. */
export interface AmongNeighbours<Events extends Readonly<Record<string, DomainEvent>>> {
  readonly service: RunningService;
  readonly neighbours: { readonly [Name in keyof Events]: Neighbour<Events[Name]> };
  close(): Promise<void>;
}

/**
 * Starts a service as in production, among neighbours.
 * @param catalogues of the neighbours, by name
 * @param logTo destination of the service's log; standard output by default
 */
export async function runAmong<Config extends BaseConfig, Events extends Readonly<Record<string, DomainEvent>>>(
  { name, module, config: schema }: Testable<Config>,
  catalogues: { readonly [Name in keyof Events]: Catalogue<Events[Name]> },
  settings: SomeSettings = {},
  logTo?: DestinationStream,
): Promise<AmongNeighbours<Events>> {
  const entries = Object.entries<Catalogue<DomainEvent>>(catalogues as never);
  const databases = [name, ...entries.map(([, { service }]) => service)].map(databaseOf);
  const [postgres, kafka] = await Promise.all([borrowPostgres(...databases), borrowKafka()]);
  const opened = await Promise.all(
    entries.map(async ([key, catalogue]) => {
      const servers = { databaseUrl: postgres.url(databaseOf(catalogue.service)), brokers: kafka.brokers };
      return [key, await openNeighbour(catalogue, servers)] as const;
    }),
  );
  const config = readConfig(schema, {
    ...settingsOfSpecs,
    DATABASE_URL: postgres.url(databaseOf(name)),
    KAFKA_BROKERS: kafka.brokers.join(','),
    LANES: '3',
    ...settings,
  });
  const log = openLog({ service: name, instance: '1', level: config.logLevel, format: 'json' }, logTo);
  const service = await runService({ name, module, config, log, openParts: openPostgresAndKafka });
  return {
    service,
    neighbours: Object.fromEntries(opened) as never,
    close: async () => {
      await service.close();
      await Promise.all(opened.map(([, neighbour]) => neighbour.close()));
      await Promise.all([postgres.stop(), kafka.stop()]);
    },
  };
}

/** Gives a party a key that has every scope and no limit, unless said, as identity does. */
export async function issueKey(
  identity: Neighbour<IdentityEvent>,
  { partyId, secret }: Caller,
  partyKind: PartyKind,
  said: Partial<EventOf<typeof ApiKeyIssued>['data']> = {},
): Promise<void> {
  const secretHash = createHash('sha256').update(secret).digest('hex');
  const key = { keyId: newId('key'), partyId, partyKind, name: 'first', scopes: [...scopes], expiresAt: null };
  await identity.say(partyId, ApiKeyIssued({ ...key, secretHash, ...said }));
}
