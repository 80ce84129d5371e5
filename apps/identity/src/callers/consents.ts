import { Inject, Injectable } from '@nestjs/common';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { holdsBack } from '@tokengrid/event-bus';
import { StorageClock } from '@tokengrid/event-store';
import { DataSource } from 'typeorm';
import { apps } from './apps.projection.ts';

/** What an app may know of a subscriber now. */
export interface Consent {
  readonly appId: string;
  readonly developerId: string;
  readonly partyId: string;
  /** Reason why the app may know nothing. */
  readonly refusal?: string;
  /** Scopes that the version in force needs and the subscriber consented to. */
  readonly scopes: readonly string[];
  /** True if an event about the app or the subscription can't be read. */
  readonly isHeldBack: boolean;
}

interface Row {
  readonly appId: string;
  readonly developerId: string;
  readonly partyId: string;
  /** Epoch milliseconds; `until` null while it lasts. */
  readonly from: number;
  readonly until: number | null;
  readonly isSuspended: boolean;
  readonly consented: readonly string[];
  /** Of the version in force; null before the first one is. */
  readonly needed: readonly string[] | null;
  readonly isHeldBack: boolean;
}

/** Consents of subscribers to apps, from the registry's events. */
@Injectable()
export class Consents {
  constructor(
    @Inject(DataSource) private readonly source: Pick<DataSource, 'query'>,
    private readonly clock: StorageClock,
  ) {}

  /** Consent under a subscription; never cached, since it may be withdrawn at any time. */
  async of(subscriptionId: string): Promise<Consent | undefined> {
    const now = this.clock.now();
    const [row] = await this.source.query<Row[]>(selectConsent, [subscriptionId, now]);
    if (!row) return undefined;
    const { appId, developerId, partyId, consented, needed, isHeldBack } = row;
    const scopes = (needed ?? []).filter((scope) => consented.includes(scope));
    const refusal = refusalOf(row, now);
    return { ...{ appId, developerId, partyId, scopes, isHeldBack }, ...(refusal !== undefined && { refusal }) };
  }
}

function refusalOf({ from, until, isSuspended, needed }: Row, now: number): string | undefined {
  if (isSuspended) return 'the app is suspended';
  if (from > now || (until !== null && until <= now)) return 'the subscription is not in force';
  return needed === null ? 'no version of the app is in force' : undefined;
}

const isHeldBack = holdsBack(apps.name, appRegistryCatalogue, "app_id, 'subscription-' || app_id || '-' || party_id");

const selectConsent = `
  select app_id as "appId", developer_id as "developerId", party_id as "partyId",
    valid_from::float8 as "from", valid_until::float8 as "until", suspended as "isSuspended",
    subscription.scopes as consented,
    (select version.scopes from app_versions version
     where version.app_id = subscription.app_id and not withdrawn and effective_from <= $2
     order by effective_from desc, version desc limit 1) as needed,
    ${isHeldBack} as "isHeldBack"
  from app_subscriptions subscription join apps using (app_id) where subscription_id = $1`;
