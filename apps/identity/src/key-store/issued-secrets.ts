import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IdempotencyKeyReused } from '@tokengrid/event-store';
import { openBytes, sealBytes } from '@tokengrid/service';
import { KeyStore } from './key-store.ts';
import { MasterKey } from './master-key.ts';

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
  constructor(
    private readonly store: KeyStore,
    private readonly master: MasterKey,
  ) {}

  /**
   * Settles ids, scopes and secret of a request. The first attempt wins, so that a repeat, or a
   * retry after a crash, continues with the same.
   * @throws IdempotencyKeyReused if the request's id came with another input before
   */
  async settle(request: { readonly id: string; readonly inputHash: string }, issue: Issue): Promise<SettledIssue> {
    const secret = newSecret();
    const { partyId, personId, keyId, scopes } = issue;
    const inserted = await this.store.rows<IssueRow>(
      `insert into issued_secrets (command_id, ${columns}, shown_until)
       values ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9 * interval '1 millisecond')
       on conflict (command_id) do nothing returning ${columns}`,
      [
        request.id,
        request.inputHash,
        partyId,
        personId ?? null,
        keyId,
        scopes,
        hashOfSecret(secret),
        sealBytes(this.master.ofSecrets, Buffer.from(secret), contextOf(request.id)),
        shownForMs,
      ],
    );
    const row = inserted[0] ?? (await this.row(request.id));
    if (row?.input_hash !== request.inputHash) throw new IdempotencyKeyReused(request.id);
    return {
      partyId: row.party_id,
      personId: row.person_id ?? undefined,
      keyId: row.key_id,
      scopes: row.scopes,
      secretHash: row.secret_hash,
      isFirst: inserted.length > 0,
    };
  }

  /** Secret of a command's answer; `undefined` after its time, or if the party was erased. */
  async shown(commandId: string): Promise<ShownKey | undefined> {
    const row = await this.row(commandId, 'and shown_until > now()');
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

  private async row(commandId: string, condition = ''): Promise<IssueRow | undefined> {
    const rows = await this.store.rows<IssueRow>(
      `select ${columns} from issued_secrets where command_id = $1 ${condition}`,
      [commandId],
    );
    return rows[0];
  }
}

function contextOf(commandId: string): string {
  return `secret:${commandId}`;
}
