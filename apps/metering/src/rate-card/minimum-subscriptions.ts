import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A subscription to an app of which a version has a plan with a minimum charge. */
export interface MinimumSubscription {
  readonly slug: string;
  readonly subscriptionId: string;
  readonly partyId: string;
}

/** Subscriptions whose periods may have a minimum. */
@Injectable()
export class MinimumSubscriptions {
  constructor(@Inject(DataSource) private readonly dataSource: Pick<DataSource, 'query'>) {}

  /** At most `most` subscriptions behind one, by app and id. */
  after(last: MinimumSubscription | undefined, most: number): Promise<MinimumSubscription[]> {
    const { slug = '', subscriptionId = '' } = last ?? {};
    return this.dataSource.query<MinimumSubscription[]>(select, [slug, subscriptionId, most]);
  }
}

const select = `
  select slug, subscription_id as "subscriptionId", party_id as "partyId" from rate_subscriptions
  where (slug, subscription_id) > ($1, $2) and slug in (
    select slug from rate_app_versions where jsonb_path_exists(plans, '$[*].minimumCharge')
  ) order by slug, subscription_id limit $3`;
