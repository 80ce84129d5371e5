import { Injectable } from '@nestjs/common';
import { cutTo, slug as slugOfApps } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { problem, ProblemError, unavailable } from '@tokengrid/service';
import { Directory } from '../directory/directory.ts';
import type { AppFacts } from '../directory/facts.ts';

/** A subscriber's right to call an app. */
export interface Admitted {
  readonly appId: string;
  readonly slug: string;
  readonly endpoint: string;
  readonly partyId: string;
  readonly subscriptionId: string;
  readonly planId: string;
  /** Scopes that the version in force needs and the subscriber consented to. */
  readonly scopes: readonly string[];
  /** Meters whose uses the gateway reports. */
  readonly meters: readonly string[];
}

/** Who may call which app, from the registry's events. */
@Injectable()
export class AppAdmission {
  constructor(
    private readonly directory: Directory,
    private readonly clock: StorageClock,
  ) {}

  /**
   * A party's right to call an app now.
   * @throws ProblemError 404 for an app that is not there, 403 for one that may not be called, 503
   * where that can't be told: an event can't be read
   */
  async admit(slug: string, partyId: string): Promise<Admitted> {
    const app = slugOfApps.safeParse(slug).success ? await this.directory.app(slug) : undefined;
    const now = this.clock.now();
    if (app?.isHeldBack) throw heldBack();
    const version = app && versionAt(app, now);
    if (!version) throw refused(404, 'GATEWAY.UNKNOWN_APP', `no such app: ${cutTo(63, slug)}`);
    const { appId, isServed } = app;
    if (!isServed) throw refused(403, 'GATEWAY.APP_SUSPENDED', `the app ${slug} is suspended`);
    const subscription = await this.directory.subscription(slug, partyId, now);
    if (subscription === 'held-back') throw heldBack();
    if (!subscription)
      throw refused(403, 'GATEWAY.NOT_SUBSCRIBED', `the party of the API key has no subscription to ${slug}`);
    const { subscriptionId, planId, scopes: consented } = subscription;
    const scopes = version.scopes.filter((scope) => consented.includes(scope));
    if (version.scopes.length > 0 && scopes.length === 0) {
      const detail = `${slug} needs ${version.scopes.join(', ')}: the subscriber has consented to none of them`;
      throw refused(403, 'GATEWAY.CONSENT_MISSING', detail);
    }
    const { endpoint, meters } = version;
    return { appId, slug, endpoint, partyId, subscriptionId, planId, scopes, meters };
  }
}

/** The version in force at a time; unlike prices, none holds before it. */
const versionAt = ({ versions }: AppFacts, time: number) =>
  versions.findLast(({ effectiveFrom }) => effectiveFrom <= time);

const refused = (status: number, code: string, detail: string) => new ProblemError(problem(status, code, detail));

const heldBack = () => unavailable("whether the app may be called can't be read; the operator is notified");
