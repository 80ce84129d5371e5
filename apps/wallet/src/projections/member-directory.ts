import { Injectable } from '@nestjs/common';
import { poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { SharedLook } from './shared-look.ts';

/** Wallets of other parties from which members may spend. */
@Injectable()
export class MemberDirectory {
  private readonly look = new SharedLook((memberIds: readonly string[]) => this.find(memberIds));

  constructor(private readonly database: DataSource) {}

  /** Wallets of which a party is a member, the last joined first. */
  async walletsOf(partyId: string): Promise<readonly string[]> {
    return (await this.look.of(partyId)) ?? [];
  }

  private async find(memberIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const { rows } = await poolOf(this.database).query<{ memberId: string; walletId: string }>({
      name: 'wallets-of-members',
      text: `
        select member_id as "memberId", wallet_id as "walletId" from members where member_id = any($1::text[])
        order by since desc, wallet_id`,
      values: [memberIds],
    });
    const byMember = Map.groupBy(rows, ({ memberId }) => memberId);
    return new Map([...byMember].map(([memberId, of]) => [memberId, of.map(({ walletId }) => walletId)]));
  }
}
