import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Reaction } from '@tokengrid/event-bus';
import type { Outcome } from '@tokengrid/event-store';
import { AskedTogether } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { useKeyOf } from '../decisions/rules/use-so-far.ts';
import { chargeWallet, NothingToCharge } from '../decisions/usage/charge-wallet.ts';
import { Lanes } from '../streams/lanes.ts';
import { Wallets } from '../streams/wallets.ts';
import { Deciding } from './deciding.ts';
import { UseActors } from './use-actors.ts';

/** Most uses of one command, and most commands for one event: what is left waits for the next. */
const usesAtOnce = 100;
const mostPages = 10;

interface Waiting {
  readonly usageId: string;
  readonly chargeId: string;
  readonly partyId: string;
  readonly keyId: string | null;
  readonly since: number;
}

/** Charges uses that wait for tokens. */
@Injectable()
export class Collecting {
  /** Few wallets have uses that wait, and tokens come to many at once: one query asks for all. */
  private readonly waiting = new AskedTogether((walletIds: readonly string[]) => this.withWaiting(walletIds));

  constructor(
    private readonly database: DataSource,
    private readonly lanes: Lanes,
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly actors: UseActors,
  ) {}

  /** Charges what waits in a wallet, the oldest first, each if it is covered by now. */
  async collect(walletId: string, reaction: Reaction): Promise<Outcome<WalletEvent>[]> {
    if (!(await this.waiting.ask([walletId])).has(walletId)) return [];
    const outcomes: Outcome<WalletEvent>[] = [];
    let after: readonly [since: number, usageId: string] = [0, ''];
    for (let pages = 0; pages < mostPages; pages++) {
      const page = await this.database.query<Waiting[]>(selectWaiting, [
        this.lanes.of(walletId),
        walletId,
        ...after,
        usesAtOnce,
      ]);
      for (const ofPayer of runsOf(page)) {
        const outcome = await this.charge(walletId, ofPayer, reaction);
        if (outcome) outcomes.push(outcome);
      }
      const last = page.at(-1);
      if (!last || page.length < usesAtOnce) break;
      after = [last.since, last.usageId];
    }
    return outcomes;
  }

  /** Those of some wallets in which uses wait. */
  private async withWaiting(walletIds: readonly string[]): Promise<ReadonlySet<string>> {
    const lanes = walletIds.map((walletId) => this.lanes.of(walletId));
    const found = await this.database.query<{ walletId: string }[]>(selectWithWaiting, [lanes, walletIds]);
    return new Set(found.map(({ walletId }) => walletId));
  }

  private async charge(walletId: string, page: readonly Waiting[], reaction: Reaction) {
    const { partyId, since, usageId: first } = page[0]!;
    const waiting = await Promise.all(
      page.map(async ({ usageId, chargeId, keyId }) => ({
        ...{ usageId, chargeId },
        actor: await this.actors.of(walletId, { partyId, key: keyId ?? undefined }),
      })),
    );
    const command = reaction.to(walletId, { partyId, uses: [], waiting }, `${since} ${first}`);
    const keys = page.map(({ usageId }) => useKeyOf(usageId));
    try {
      return await this.deciding.handle(this.wallets, chargeWallet, { ...command, keys });
    } catch (error) {
      if (error instanceof NothingToCharge) return undefined;
      throw error;
    }
  }
}

/** Uses of one payer that follow each other: one event is of one payer. */
function runsOf(page: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const runs: Waiting[][] = [];
  for (const each of page) {
    if (runs.at(-1)?.[0]?.partyId === each.partyId) runs.at(-1)!.push(each);
    else runs.push([each]);
  }
  return runs;
}

const selectWithWaiting = `
  select id as "walletId" from unnest($1::int[], $2::text[]) asked (of_lane, id)
  where exists (select from waiting_uses where lane = of_lane and wallet_id = id)`;

const selectWaiting = `
  select usage_id as "usageId", charge_id as "chargeId", party_id as "partyId", key_id as "keyId",
    since::float8 as since
  from waiting_uses where lane = $1 and wallet_id = $2 and (since, usage_id) > ($3, $4)
  order by since, usage_id limit $5`;
