import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import {
  ApiKeyIssued,
  identityCatalogue,
  type IdentityEvent,
  meteringCatalogue,
  type MeteringEvent,
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
import { settlementConfig } from '../config.ts';
import { SettlementModule } from '../settlement.module.ts';
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

/** Settlement on a real Kafka and a real Postgres, with neighbours that state events for specs. */
export class RunningSettlement {
  readonly operator: Caller = { secret: operatorApiKey, partyId: 'operator' };

  readonly documented: DocumentedAnswers;

  constructor(
    private readonly service: RunningService,
    readonly identity: Neighbour<IdentityEvent>,
    readonly metering: Neighbour<MeteringEvent>,
    readonly wallet: Neighbour<WalletEvent>,
    readonly close: () => Promise<void>,
  ) {
    this.documented = new DocumentedAnswers(service.app, 'settlement');
  }

  /** An instance of one of the module's classes. */
  instance<T>(type: new (...parameters: never[]) => T): T {
    return this.service.app.get(type);
  }

  /** An organization with a key that has every scope. */
  async organization(partyKind: 'developer' | 'provider'): Promise<Caller> {
    const caller = { secret: newId('secret'), partyId: newId('org') };
    const { partyId } = caller;
    const secretHash = createHash('sha256').update(caller.secret).digest('hex');
    const key = { keyId: newId('key'), partyId, partyKind, name: 'first', scopes: [...scopes], expiresAt: null };
    await this.identity.say(partyId, ApiKeyIssued({ ...key, secretHash }));
    await this.until(async () => (await this.get(caller, '/v1/accruals')).status === 200);
    return caller;
  }

  async call(who: Caller, method: string, path: string, body?: unknown, key?: string): Promise<Answered> {
    const response = await fetch(`${this.service.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${who.secret}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { status } = response;
    const answered = (await response.json()) as Answered['body'];
    this.documented.mustTell({ method, path, status, body: answered });
    return { status, body: answered };
  }

  get(who: Caller, path: string): Promise<Answered> {
    return this.call(who, 'GET', path);
  }

  /** Requests the closing of a day. */
  closeDay(day: string, body?: unknown, key?: string): Promise<Answered> {
    return this.call(this.operator, 'POST', `/v1/periods/${day}/close`, body, key);
  }

  /** Waits until a day is closed. */
  closed(day: string): Promise<Answered['body']> {
    return this.until(async () => {
      const { body } = await this.get(this.operator, `/v1/periods/${day}`);
      return body['status'] === 'closed' && body;
    });
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

/** @param environment settings beside the defaults */
export async function runSettlement(environment: Readonly<Record<string, string>> = {}): Promise<RunningSettlement> {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-settlement-'));
  const [postgres, kafka] = await Promise.all([startPostgres({ home }), startKafka({ home })]);
  const servers = (database: string) => ({ databaseUrl: postgres.url(database), brokers: kafka.brokers });
  const [identity, metering, wallet] = await Promise.all([
    openNeighbour(identityCatalogue, servers('identity')),
    openNeighbour(meteringCatalogue, servers('metering')),
    openNeighbour(walletCatalogue, servers('wallet')),
  ]);
  const config = readConfig(settlementConfig, {
    PORT: '0',
    DATABASE_URL: postgres.url('settlement'),
    KAFKA_BROKERS: kafka.brokers.join(','),
    LANES: '3',
    OPERATOR_API_KEY: operatorApiKey,
    INPUT_HASH_KEY: 'input-hash-key-of-specs',
    DRAIN_MS: '0',
    LOG_LEVEL: 'error',
    ...environment,
  });
  const log = openLog({ service: 'settlement', instance: '1', level: config.logLevel, format: 'json' });
  const openParts = openPostgresAndKafka;
  const running = await runService({ name: 'settlement', module: SettlementModule, config, log, openParts });
  return new RunningSettlement(running, identity, metering, wallet, async () => {
    await running.close();
    await Promise.all([identity.close(), metering.close(), wallet.close()]);
    await Promise.all([postgres.stop(), kafka.stop()]);
    await rm(home, { recursive: true, force: true });
  });
}
