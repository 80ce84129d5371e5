import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { MemberRow } from './members.table.ts';
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
    const rows = await this.database.getRepository(MemberRow).find({
      where: { memberId: In([...memberIds]) },
      order: { since: 'DESC', walletId: 'ASC' },
    });
    const byMember = Map.groupBy(rows, ({ memberId }) => memberId);
    return new Map([...byMember].map(([memberId, of]) => [memberId, of.map(({ walletId }) => walletId)]));
  }
}
