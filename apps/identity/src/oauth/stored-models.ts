import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { openBytes, poolOf, sealBytes } from '@tokengrid/service';
import type { AdapterPayload } from 'oidc-provider';
import { DataSource } from 'typeorm';
import { MasterKey } from '../key-store/master-key.ts';

interface Row {
  readonly id_hash: Buffer;
  readonly payload: Buffer;
  readonly consumed_at: Date | null;
}

/** A browser in which a person is signed in. */
export interface StoredSession {
  /** Name of the session, which is no secret of it. */
  readonly uid: string;
  /** Epoch seconds. */
  readonly signedInAt: number;
}

const dayS = 86_400;
const digestOf = (id: string): Buffer => hash('sha256', id, 'buffer');

/**
 * State of sign-in that no event has: sessions, interactions, codes, refresh tokens, grants. Rows
 * are found by the hash of their id and sealed, so the table opens nothing. They are swept once
 * they have expired.
 */
@Injectable()
export class StoredModels {
  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    private readonly master: MasterKey,
  ) {}

  async upsert(model: string, id: string, payload: AdapterPayload, seconds = dayS): Promise<void> {
    const { uid, grantId, accountId } = payload;
    const digest = digestOf(id);
    const text = Buffer.from(JSON.stringify(payload));
    await poolOf(this.database).query(
      `insert into oauth_states (model, id_hash, expires_at, payload, uid_hash, grant_hash, user_id)
       values ($1, $2, now() + $3 * interval '1 second', $4, $5, $6, $7)
       on conflict (model, id_hash) do update set expires_at = excluded.expires_at, payload = excluded.payload,
         uid_hash = excluded.uid_hash, grant_hash = excluded.grant_hash, user_id = excluded.user_id`,
      [
        ...[model, digest, seconds, sealBytes(this.master.ofOauthStates, text, contextOf(model, digest))],
        ...[uid === undefined ? null : digestOf(uid), grantId === undefined ? null : digestOf(grantId)],
        accountId ?? null,
      ],
    );
  }

  find(model: string, id: string): Promise<AdapterPayload | undefined> {
    return this.one(model, 'id_hash', id);
  }

  findByUid(model: string, uid: string): Promise<AdapterPayload | undefined> {
    return this.one(model, 'uid_hash', uid);
  }

  /**
   * Marks a code or token as used, in one statement: of two requests at once, one is the first.
   * @returns false for one that was used before
   */
  async consume(model: string, id: string): Promise<boolean> {
    const { rowCount } = await poolOf(this.database).query(
      `update oauth_states set consumed_at = now()
       where model = $1 and id_hash = $2 and consumed_at is null and expires_at > now()`,
      [model, digestOf(id)],
    );
    return rowCount === 1;
  }

  async destroy(model: string, id: string): Promise<void> {
    await poolOf(this.database).query('delete from oauth_states where model = $1 and id_hash = $2', [
      model,
      digestOf(id),
    ]);
  }

  async destroyOfGrant(model: string, grantId: string): Promise<void> {
    await poolOf(this.database).query('delete from oauth_states where model = $1 and grant_hash = $2', [
      model,
      digestOf(grantId),
    ]);
  }

  /** Browsers in which a person is signed in, the latest first. */
  async sessionsOf(userId: string): Promise<readonly StoredSession[]> {
    const { rows } = await poolOf(this.database).query<Row>(
      `select id_hash, payload, consumed_at from oauth_states
       where model = 'Session' and user_id = $1 and expires_at > now()`,
      [userId],
    );
    return rows
      .map((row) => this.opened('Session', row))
      .map(({ uid, loginTs }) => ({ uid: String(uid), signedInAt: Number(loginTs ?? 0) }))
      .toSorted((a, b) => b.signedInAt - a.signedInAt);
  }

  /** Ends a person's session, by its name. Another person's stays. */
  async endSession(userId: string, uid: string): Promise<void> {
    await poolOf(this.database).query(
      `delete from oauth_states where model = 'Session' and user_id = $1 and uid_hash = $2`,
      [userId, digestOf(uid)],
    );
  }

  /** Ends all sessions of a person but one. */
  async endOtherSessions(userId: string, uid: string): Promise<void> {
    await poolOf(this.database).query(
      `delete from oauth_states where model = 'Session' and user_id = $1 and uid_hash <> $2`,
      [userId, digestOf(uid)],
    );
  }

  /** Destroys all state of a person. */
  async destroyOf(userId: string): Promise<void> {
    await poolOf(this.database).query('delete from oauth_states where user_id = $1', [userId]);
  }

  private async one(model: string, column: 'id_hash' | 'uid_hash', value: string): Promise<AdapterPayload | undefined> {
    const { rows } = await poolOf(this.database).query<Row>(
      `select id_hash, payload, consumed_at from oauth_states
       where model = $1 and ${column} = $2 and expires_at > now() and payload is not null`,
      [model, digestOf(value)],
    );
    return rows[0] && this.opened(model, rows[0]);
  }

  private opened(model: string, { id_hash: digest, payload, consumed_at: consumedAt }: Row): AdapterPayload {
    const text = openBytes(this.master.ofOauthStates, payload, contextOf(model, digest)).toString();
    const consumed = consumedAt && { consumed: Math.floor(consumedAt.getTime() / 1000) };
    return { ...(JSON.parse(text) as AdapterPayload), ...consumed };
  }
}

/** A payload sealed under another id does not open. */
const contextOf = (model: string, digest: Buffer): string => `oauth:${model}:${digest.toString('hex')}`;
