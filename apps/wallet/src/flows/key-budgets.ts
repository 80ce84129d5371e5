import { Injectable } from '@nestjs/common';
import { commandIdOf, type KeyBudget, systemActor, walletIdOf } from '@tokengrid/contracts';
import { type BudgetedKey, knownKeys, poolOf } from '@tokengrid/service';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { isKey, mostKeys } from '../decisions/state/spending.ts';
import { removeMember } from '../decisions/wallets/remove-member.ts';
import { setMember } from '../decisions/wallets/set-member.ts';
import { MemberDirectory } from '../projections/member-directory.ts';
import { Lanes } from '../streams/lanes.ts';
import { Wallets } from '../streams/wallets.ts';

const actor = systemActor('key-budgets');

/** Maximum number of keys that are remembered as bound. */
const mostRemembered = 50_000;

/**
 * Budgets of keys become caps of members, before anything is spent by them: a wallet that does not
 * know a key's budget does not serve the key.
 */
@Injectable()
export class KeyBudgets {
  private readonly bound = new LRUCache<string, true>({ max: mostRemembered });

  constructor(
    private readonly wallets: Wallets,
    private readonly members: MemberDirectory,
    private readonly lanes: Lanes,
    private readonly database: DataSource,
  ) {}

  /** Binds keys in all wallets that their party may spend from. */
  async bindAll(partyId: string, keys: readonly BudgetedKey[]): Promise<void> {
    if (keys.length === 0) return;
    const shared = await this.members.walletsOf(partyId);
    for (const walletId of [walletIdOf(partyId), ...shared]) await this.bind(walletId, keys);
  }

  /**
   * Binds keys in a wallet, once for ever: caps that its owner changes later stay changed.
   * @throws KeyNotBound if the wallet has too many members
   */
  async bind(walletId: string, keys: readonly BudgetedKey[]): Promise<void> {
    for (const { keyId, budget } of keys) {
      const name = `${walletId} ${keyId}`;
      if (this.bound.has(name)) continue;
      if (await this.setMember(walletId, keyId, budget)) this.bound.set(name, true);
    }
  }

  /** @returns false for a wallet that is not open: nothing is spent from it */
  private async setMember(walletId: string, keyId: string, budget: KeyBudget): Promise<boolean> {
    const wallet = await this.wallets.load(walletId);
    if (!wallet.opened) return false;
    const { members } = wallet;
    if (members.some(({ memberId }) => memberId === keyId)) return true;
    const keys = members.filter(isKey).map(({ memberId }) => memberId);
    if (keys.length >= mostKeys && !(await this.makesRoom(walletId, keys))) throw new KeyNotBound(keyId);
    const id = commandIdOf('key-budget', walletId, keyId);
    const command = { id, streamId: walletId, data: { memberId: keyId, ...budget }, correlationId: id, actor };
    const { events } = await this.wallets.handle(setMember, command);
    if (events.some(({ type }) => type === 'MemberRefused')) throw new KeyNotBound(keyId);
    return true;
  }

  /**
   * Removes the oldest key with a budget that has ended, with all keys that spend under it: no more
   * than one, since a use may be reported after its key has ended.
   * @returns false if there is none
   */
  private async makesRoom(walletId: string, keyIds: readonly string[]): Promise<boolean> {
    const waiting = await this.waitedUnder(walletId);
    const { rows } = await poolOf(this.database).query<{ key_id: string }>(endedKeys, [
      keyIds.filter((keyId) => !waiting.has(keyId)),
    ]);
    const memberId = rows[0]?.key_id;
    if (memberId === undefined) return false;
    const id = commandIdOf('key-budget-over', walletId, memberId);
    await this.wallets.handle(removeMember, { id, streamId: walletId, data: { memberId }, correlationId: id, actor });
    return true;
  }

  /** Keys under whose caps uses wait to be charged: without their caps they would be under none. */
  private async waitedUnder(walletId: string): Promise<ReadonlySet<string>> {
    const pool = poolOf(this.database);
    const { rows } = await pool.query<{ key_id: string }>(waitingKeys, [this.lanes.of(walletId), walletId]);
    const known = await knownKeys(pool).find(rows.map(({ key_id: keyId }) => keyId));
    return new Set([...known.values()].flatMap(({ line }) => line));
  }
}

/** A key's budget can't be held: its wallet has as many members as it may have. */
export class KeyNotBound extends Error {
  override readonly name = 'KeyNotBound';
  constructor(keyId: string) {
    super(`the budget of ${keyId} can't be held: its wallet has the maximum number of members`);
  }
}

const waitingKeys = `
  select distinct key_id from waiting_uses where lane = $1 and wallet_id = $2 and key_id is not null`;

/**
 * Keys with budgets that have ended, with all of their successors and all keys minted from these;
 * the oldest first, as the ids are.
 */
const endedKeys = `
  with recursive line as (
    select key_id as first, key_id, revoked, expires_at from api_keys where key_id = any($1::text[]) and budget is not null
    union
    select line.first, key.key_id, key.revoked, key.expires_at
    from line join api_keys key on line.key_id in (key.succeeds, key.minted_by)
  )
  select first as key_id from line group by first
  having bool_and(revoked or coalesce(expires_at < now() - interval '1 minute', false)) order by first limit 1`;
