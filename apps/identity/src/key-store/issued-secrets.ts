import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Batcher, IdempotencyKeyReused } from '@tokengrid/event-store';
import { byteaArray } from '@tokengrid/event-store/postgres';
import { openBytes, sealBytes } from '@tokengrid/service';
import type { PersonKey } from '../personal-data/encrypted-text.ts';
import { KeyStore } from './key-store.ts';
import { MasterKey } from './master-key.ts';
import { PersonKeys } from './person-keys.ts';

const secretBytes = 32;
const dayMs = 86_400_000;
/** Time for which a repeat of a request still shows its secret. */
const shownForMs = 7 * dayMs;

/** Decisions that a request for an API key settles when it is first seen. */
export interface Issue {
  readonly partyId: string;
  /** Person of the request's data; `undefined` without personal data. */
  readonly personId: string | undefined;
  readonly keyId: string;
  readonly scopes: readonly string[];
}

/** An {@link Issue} as settled by this attempt or an earlier one. */
export interface SettledIssue extends Issue {
  /** Hex SHA-256 of the secret. */
  readonly secretHash: string;
  /** True if this attempt settled it: nothing can have come of it before. */
  readonly isFirst: boolean;
  /** Key of its person, if this attempt made it. */
  readonly personKey: PersonKey | undefined;
}

/** A request whose issue is settled. */
interface SettledRequest {
  readonly id: string;
  readonly inputHash: string;
}

/** An issue to settle. */
export interface WantedIssue {
  readonly request: SettledRequest;
  readonly issue: Issue;
  /** New key of the issue's person, kept with it. */
  readonly personKey?: PersonKey | undefined;
}

/** Id, secret and scopes of a key, as its owner is shown them. */
export interface ShownKey {
  readonly id: string;
  readonly secret: string;
  readonly scopes: readonly string[];
}

interface IssueRow {
  readonly input_hash: string;
  readonly party_id: string;
  readonly person_id: string | null;
  readonly key_id: string;
  readonly scopes: readonly string[];
  readonly secret_hash: string;
  readonly secret: Buffer | null;
}

const columns = 'input_hash, party_id, person_id, key_id, scopes, secret_hash, secret';

/** A new secret: 256 random bits with a recognizable prefix. */
function newSecret(): string {
  return `tg_${randomBytes(secretBytes).toString('base64url')}`;
}

/** Hex SHA-256 of a secret. */
function hashOfSecret(secret: string): string {
  return hash('sha256', secret);
}

/**
 * Secrets of answers, sealed under their command's id for as long as a repeat shows them. Events
 * never hold one.
 */
@Injectable()
export class IssuedSecrets {
  private readonly shows = new Batcher(async (commandIds: readonly string[]) => {
    const rows = await this.rowsOf(commandIds, 'and shown_until > now()');
    return commandIds.map((commandId) => rows.get(commandId));
  });

  constructor(
    private readonly store: KeyStore,
    private readonly master: MasterKey,
    private readonly persons: PersonKeys,
  ) {}

  /**
   * Settles ids, scopes and secret of a request. The first attempt wins, so that a repeat, or a
   * retry after a crash, continues with the same.
   * @throws IdempotencyKeyReused if the request's id came with another input before
   */
  async settle(request: SettledRequest, issue: Issue): Promise<SettledIssue> {
    const [settled] = await this.settleAll([{ request, issue }]);
    if (settled instanceof Error) throw settled;
    return settled!;
  }

  /**
   * {@link settle} for many requests by one statement, with a new key of each person.
   * @returns the issues in order; IdempotencyKeyReused for a request whose id came with another
   * input before
   */
  async settleAll(wanted: readonly WantedIssue[]): Promise<readonly (SettledIssue | IdempotencyKeyReused)[]> {
    const secrets = wanted.map(() => newSecret());
    const inserted = new Set(await this.insert(wanted, secrets));
    // Of two requests with one id, the first one is the repeated one.
    const isFirst = wanted.map(({ request }) => inserted.delete(request.id));
    const rows = await this.rowsOf(wanted.flatMap(({ request }, at) => (isFirst[at] ? [] : [request.id])));
    return wanted.map(({ request, issue, personKey }, at) => {
      if (isFirst[at]) return { ...issue, personKey, secretHash: hashOfSecret(secrets[at]!), isFirst: true };
      const row = rows.get(request.id);
      return row?.input_hash === request.inputHash ? settledOf(row) : new IdempotencyKeyReused(request.id);
    });
  }

  /** Inserts issues with the keys of their persons. @returns command ids of the new ones */
  private async insert(wanted: readonly WantedIssue[], secrets: readonly string[]): Promise<readonly string[]> {
    const sealed = (secret: string, id: string) => sealBytes(this.master.ofSecrets, Buffer.from(secret), contextOf(id));
    // Scopes go as JSON: Postgres has no arrays of arrays of different lengths.
    const rows = await this.store.rows<{ readonly command_id: string }>(
      `with issue as (
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[],
           $8::bytea[], $9::bytea[])
           as issue (command_id, input_hash, party_id, person_id, key_id, scopes, secret_hash, secret, wrapped_key)
       ), inserted as (
         insert into issued_secrets (command_id, ${columns}, shown_until)
         select command_id, input_hash, party_id, person_id, key_id, array(select jsonb_array_elements_text(scopes)),
           secret_hash, secret, now() + $10 * interval '1 millisecond'
         from issue on conflict (command_id) do nothing returning command_id, person_id
       ), keyed as (
         insert into person_keys (person_id, wrapped_key)
         select person_id, wrapped_key from issue join inserted using (command_id, person_id)
         where wrapped_key is not null on conflict (person_id) do nothing
       )
       select command_id from inserted`,
      [
        wanted.map(({ request }) => request.id),
        wanted.map(({ request }) => request.inputHash),
        wanted.map(({ issue }) => issue.partyId),
        wanted.map(({ issue }) => issue.personId ?? null),
        wanted.map(({ issue }) => issue.keyId),
        wanted.map(({ issue }) => JSON.stringify(issue.scopes)),
        secrets.map(hashOfSecret),
        byteaArray(secrets.map((secret, at) => sealed(secret, wanted[at]!.request.id))),
        byteaArray(wanted.map(({ personKey }) => personKey && this.persons.wrapped(personKey))),
        shownForMs,
      ],
    );
    return rows.map((row) => row.command_id);
  }

  /** Secret of a command's answer; `undefined` after its time, or if the party was erased. */
  async shown(commandId: string): Promise<ShownKey | undefined> {
    const row = await this.shows.add(commandId);
    if (!row?.secret) return undefined;
    const secret = openBytes(this.master.ofSecrets, row.secret, contextOf(commandId)).toString();
    return { id: row.key_id, secret, scopes: row.scopes };
  }

  /** Destroys expired secrets. */
  async destroyExpired(): Promise<void> {
    await this.store.run('update issued_secrets set secret = null where secret is not null and shown_until <= now()');
  }

  /** Destroys all secrets of a party. */
  async destroyOf(partyId: string): Promise<void> {
    await this.store.run('update issued_secrets set secret = null where party_id = $1', [partyId]);
  }

  private async rowsOf(commandIds: readonly string[], condition = ''): Promise<ReadonlyMap<string, IssueRow>> {
    if (commandIds.length === 0) return new Map();
    const rows = await this.store.rows<IssueRow & { readonly command_id: string }>(
      `select command_id, ${columns} from issued_secrets where command_id = any($1::uuid[]) ${condition}`,
      [commandIds],
    );
    return new Map(rows.map((row) => [row.command_id, row]));
  }
}

function settledOf(row: IssueRow): SettledIssue {
  return {
    partyId: row.party_id,
    personId: row.person_id ?? undefined,
    keyId: row.key_id,
    scopes: row.scopes,
    secretHash: row.secret_hash,
    isFirst: false,
    personKey: undefined,
  };
}

function contextOf(commandId: string): string {
  return `secret:${commandId}`;
}
