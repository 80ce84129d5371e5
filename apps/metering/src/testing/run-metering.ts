import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import {
  ApiKeyIssued,
  type AppRegistryEvent,
  appRegistryCatalogue,
  identityCatalogue,
  type IdentityEvent,
  OrganizationRegistered,
  type PartyKind,
  SubscriberRegistered,
  walletCatalogue,
  type WalletEvent,
} from '@tokengrid/contracts';
import { startKafka, startPostgres } from '@tokengrid/infra-local';
import {
  DocumentedAnswers,
  newId,
  openLog,
  openPostgresAndKafka,
  readConfig,
  type RunningService,
  runService,
  scopes,
} from '@tokengrid/service';
import { meteringConfig } from '../config.ts';
import { MeteringModule } from '../metering.module.ts';
import { type Neighbour, openNeighbour } from './neighbour.ts';

const operatorApiKey = 'tg_operator_specimen';
/** Time limit of a spec's waits, and their polling interval. */
const patienceMs = 20_000;
const lookEveryMs = 20;

/** A caller. */
export interface Caller {
  readonly secret: string;
  readonly partyId: string;
}

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly data?: Record<string, unknown>[] };
}

type Headers = Readonly<Record<string, string>>;

/** Metering on a real Kafka and a real Postgres, with neighbours that state events for specs. */
export class RunningMetering {
  readonly operator: Caller = { secret: operatorApiKey, partyId: 'operator' };

  private readonly documented: DocumentedAnswers;

  constructor(
    private readonly service: RunningService,
    readonly identity: Neighbour<IdentityEvent>,
    readonly appRegistry: Neighbour<AppRegistryEvent>,
    readonly wallet: Neighbour<WalletEvent>,
    readonly close: () => Promise<void>,
  ) {
    this.documented = new DocumentedAnswers(service.app, 'metering');
  }

  /** An instance of one of the module's classes. */
  instance<T>(type: new (...parameters: never[]) => T): T {
    return this.service.app.get(type);
  }

  /** Id and secret of a party that no service knows yet. */
  stranger(kind: PartyKind): Caller {
    return { secret: newId('secret'), partyId: newId(kind === 'subscriber' ? 'sub' : 'org') };
  }

  /** Registers a party with a key that has every scope. */
  async register(kind: PartyKind, { partyId, secret } = this.stranger(kind)): Promise<Caller> {
    const contactStreamId = `contact-${partyId}`;
    const hidden = `enc:v1:${newId('usr')}:iv:text`;
    const event =
      kind === 'subscriber'
        ? SubscriberRegistered({ partyId, name: hidden, msisdn: hidden, contactStreamId })
        : OrganizationRegistered({
            ...{ partyId, kind, name: hidden, contactStreamId },
            owner: { userId: newId('usr'), name: hidden, email: hidden, passwordHash: hidden },
          });
    await this.identity.say(partyId, event);
    const secretHash = createHash('sha256').update(secret).digest('hex');
    const key = { keyId: newId('key'), partyId, partyKind: kind, name: 'first', scopes: [...scopes], expiresAt: null };
    await this.identity.say(partyId, ApiKeyIssued({ ...key, secretHash }));
    const caller = { secret, partyId };
    await this.until(async () => (await this.get(caller, '/v1/charges')).status === 200);
    return caller;
  }

  async call(who: Caller, method: string, path: string, headers: Headers = {}, body?: string): Promise<Answered> {
    const response = await fetch(`${this.service.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${who.secret}`, ...headers },
      ...(body !== undefined && { body }),
    });
    const { status } = response;
    const answered = (await response.json()) as Answered['body'];
    this.documented.mustTell({ method, path, status, body: answered });
    return { status, body: answered };
  }

  get(who: Caller, path: string): Promise<Answered> {
    return this.call(who, 'GET', path);
  }

  /** Reports one event, structured. */
  report(who: Caller, event: unknown, headers: Headers = {}): Promise<Answered> {
    const type = { 'content-type': 'application/cloudevents+json' };
    return this.call(who, 'POST', '/v1/events', { ...type, ...headers }, JSON.stringify(event));
  }

  /** Reports a batch. */
  reportAll(who: Caller, events: unknown, headers: Headers = {}): Promise<Answered> {
    const type = { 'content-type': 'application/cloudevents-batch+json' };
    return this.call(who, 'POST', '/v1/events', { ...type, ...headers }, JSON.stringify(events));
  }

  /** The charge of an event. */
  async chargeOf(who: Caller, eventId: unknown): Promise<Record<string, unknown> | undefined> {
    const { body } = await this.get(who, '/v1/charges?limit=1000');
    return body.data?.find((charge) => charge['eventId'] === eventId);
  }

  /** Waits until a condition holds. @throws Error after the time limit */
  async until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
    for (const end = performance.now() + patienceMs; performance.now() < end; await passing(lookEveryMs)) {
      const found = await look();
      if (found) return found;
    }
    throw new Error(`it did not come true within ${patienceMs} ms: ${look}`);
  }
}

/** @param timeZone the operator's */
export async function runMetering(timeZone = 'UTC'): Promise<RunningMetering> {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-metering-'));
  const [postgres, kafka] = await Promise.all([startPostgres({ home }), startKafka({ home })]);
  const servers = (database: string) => ({ databaseUrl: postgres.url(database), brokers: kafka.brokers });
  const [identity, appRegistry, wallet] = await Promise.all([
    openNeighbour(identityCatalogue, servers('identity')),
    openNeighbour(appRegistryCatalogue, servers('app_registry')),
    openNeighbour(walletCatalogue, servers('wallet')),
  ]);
  const config = readConfig(meteringConfig, {
    PORT: '0',
    DATABASE_URL: postgres.url('metering'),
    KAFKA_BROKERS: kafka.brokers.join(','),
    LANES: '3',
    OPERATOR_API_KEY: operatorApiKey,
    INPUT_HASH_KEY: 'input-hash-key-of-specs',
    DRAIN_MS: '0',
    OPERATOR_TIME_ZONE: timeZone,
    LOG_LEVEL: 'error',
  });
  const log = openLog({ service: 'metering', instance: '1', level: config.logLevel, format: 'json' });
  const openParts = openPostgresAndKafka;
  const running = await runService({ name: 'metering', module: MeteringModule, config, log, openParts });
  return new RunningMetering(running, identity, appRegistry, wallet, async () => {
    await running.close();
    await Promise.all([identity.close(), appRegistry.close(), wallet.close()]);
    await Promise.all([postgres.stop(), kafka.stop()]);
    await rm(home, { recursive: true, force: true });
  });
}
