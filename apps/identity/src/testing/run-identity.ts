import { identityCatalogue } from '@tokengrid/contracts';
import type { InMemoryLog } from '@tokengrid/event-store';
import type { RunningService } from '@tokengrid/service';
import {
  type Answered,
  lanesOfSpecs,
  openGround,
  operatorApiKey,
  type SomeSettings,
  startOn,
  TestedService,
} from '@tokengrid/service/testing';
import { identityConfig } from '../config.ts';
import { IdentityModule } from '../identity.module.ts';

export const operatorKey = operatorApiKey;

/** A request of a spec. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** API key of the caller; absent for an anonymous one. */
  readonly key?: string | undefined;
  readonly idempotencyKey?: string;
  readonly body?: unknown;
}

/**
 * Identity over HTTP on a Postgres of its own. The log is in memory without readers: specs call
 * policies themselves.
 */
export class RunningIdentity extends TestedService {
  constructor(
    service: RunningService,
    readonly log: InMemoryLog,
    /** Log lines of identity. */
    readonly written: readonly string[],
    close: () => Promise<void>,
  ) {
    super(service, 'identity', close);
  }

  ask(path: string, { method = 'GET', key, idempotencyKey, body }: Call = {}): Promise<Answered> {
    const who = key === undefined ? undefined : { secret: key, partyId: '' };
    return this.call(who, method, path, body, idempotencyKey);
  }

  post(path: string, body: unknown, more: Call = {}): Promise<Answered> {
    return this.ask(path, { method: 'POST', body, ...more });
  }

  /** The whole topic as text. */
  topic(): string {
    const lanes = Array.from({ length: lanesOfSpecs }, (_, lane) => this.log.records(identityCatalogue.topic, lane));
    return lanes.flatMap((records) => records.map(({ key, value }) => `${key} ${value?.toString()}`)).join('\n');
  }
}

/** @param settings beside the defaults */
export async function runIdentity(settings: SomeSettings = {}): Promise<RunningIdentity> {
  const ground = await openGround('identity', 'identity-keys');
  const written: string[] = [];
  const identity = { name: 'identity', module: IdentityModule, config: identityConfig };
  const service = await startOn(ground, identity, {
    settings: {
      IDENTITY_KEYS_DATABASE_URL: ground.databaseUrl('identity-keys'),
      IDENTITY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64url'),
      API_KEY_CACHE_MS: '0',
      // Eight passwords are hashed at once, which takes a busy machine a second.
      ANSWER_TIMEOUT_MS: '3000',
      LOG_LEVEL: 'debug',
      ...settings,
    },
    clock: () => Date.now(),
    hasOwnKeys: true,
    logTo: { write: (line) => void written.push(line) },
  });
  return new RunningIdentity(service, ground.log, written, async () => {
    await service.close();
    await ground.close();
  });
}
