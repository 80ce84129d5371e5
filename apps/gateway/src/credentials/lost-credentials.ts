import { Inject, Injectable } from '@nestjs/common';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import type { OwnFaults } from '@tokengrid/service';
import { DataSource } from 'typeorm';

/** Tells of credentials that are in force and that the key store does not have. */
@Injectable()
export class LostCredentials implements OwnFaults {
  constructor(@Inject(DataSource) private readonly source: Pick<DataSource, 'query'>) {}

  async look(): Promise<readonly string[]> {
    const [row] = await this.source.query<{ lost: number }[]>(countLost);
    const { lost } = row!;
    if (lost === 0) return [];
    return [`the table sealed_credentials lacks those of ${lost} offers: restore it from a backup, or set them anew`];
  }
}

const countLost = `
  ${acrossLanes} select count(*)::int as lost from offer_credentials in_force
  where not exists (select from sealed_credentials sealed where sealed.credentials_id = in_force.credentials_id)`;
