import {
  type AppRegistryEvent,
  appRegistryCatalogue,
  gatewayCatalogue,
  type GatewayEvent,
  identityCatalogue,
  type IdentityEvent,
  OrganizationRegistered,
  type PartyKind,
  settlementCatalogue,
  type SettlementEvent,
  SubscriberRegistered,
  walletCatalogue,
  type WalletEvent,
} from '@tokengrid/contracts';
import { newId, type RunningService } from '@tokengrid/service';
import {
  type Answered,
  type Caller,
  issueKey,
  type Neighbour,
  runAmong,
  TestedService,
  until,
} from '@tokengrid/service/testing';
import { meteringConfig } from '../config.ts';
import { MeteringModule } from '../metering.module.ts';

export type { Answered, Caller };

type Headers = Readonly<Record<string, string>>;

interface Neighbours {
  readonly identity: Neighbour<IdentityEvent>;
  readonly appRegistry: Neighbour<AppRegistryEvent>;
  readonly wallet: Neighbour<WalletEvent>;
  readonly gateway: Neighbour<GatewayEvent>;
  readonly settlement: Neighbour<SettlementEvent>;
}

/** Metering on a real Kafka and a real Postgres, with neighbours that state events for specs. */
export class RunningMetering extends TestedService {
  readonly identity: Neighbour<IdentityEvent>;
  readonly appRegistry: Neighbour<AppRegistryEvent>;
  readonly wallet: Neighbour<WalletEvent>;
  readonly gateway: Neighbour<GatewayEvent>;
  readonly settlement: Neighbour<SettlementEvent>;

  constructor(service: RunningService, neighbours: Neighbours, close: () => Promise<void>) {
    super(service, 'metering', close);
    this.identity = neighbours.identity;
    this.appRegistry = neighbours.appRegistry;
    this.wallet = neighbours.wallet;
    this.gateway = neighbours.gateway;
    this.settlement = neighbours.settlement;
  }

  /** Id and secret of a party that no service knows yet. */
  stranger(kind: PartyKind): Caller {
    return { secret: newId('secret'), partyId: newId(kind === 'subscriber' ? 'sub' : 'org') };
  }

  /** Registers a party with a key that has every scope. */
  async register(kind: PartyKind, caller = this.stranger(kind)): Promise<Caller> {
    const { partyId } = caller;
    const contactStreamId = `contact-${partyId}`;
    const hidden = `enc:v1:${newId('usr')}:iv:text`;
    const event =
      kind === 'subscriber'
        ? SubscriberRegistered({ partyId, name: hidden, msisdn: hidden, contactStreamId })
        : OrganizationRegistered({
            ...{ partyId, kind, name: hidden, contactStreamId },
            owner: { userId: newId('usr'), name: hidden, email: hidden, passwordHash: hidden },
          });
    await this.identity.say(partyId, event);
    await issueKey(this.identity, caller, kind);
    await until(async () => (await this.get(caller, '/v1/charges')).status === 200);
    return caller;
  }

  /** Reports one event, structured. */
  report(who: Caller, event: unknown, headers: Headers = {}): Promise<Answered> {
    return this.reportAs(who, { 'content-type': 'application/cloudevents+json', ...headers }, JSON.stringify(event));
  }

  /** Reports a batch. */
  reportAll(who: Caller, events: unknown, headers: Headers = {}): Promise<Answered> {
    const type = { 'content-type': 'application/cloudevents-batch+json' };
    return this.reportAs(who, { ...type, ...headers }, JSON.stringify(events));
  }

  /** Reports in the way of the headers. */
  reportAs(who: Caller, headers: Headers, body: string): Promise<Answered> {
    const authorized = { authorization: `Bearer ${who.secret}`, ...headers };
    return this.send({ method: 'POST', path: '/v1/events', headers: authorized, body });
  }

  /** What the parked use of an event waits for. */
  async parkedFor(eventId: string): Promise<unknown> {
    const { body } = await this.get(this.operator, '/v1/parked?limit=1000');
    return body.data?.find((use) => use['eventId'] === eventId)?.['waitsFor'];
  }

  /** The charge of an event. */
  async chargeOf(who: Caller, eventId: unknown): Promise<Record<string, unknown> | undefined> {
    const { body } = await this.get(who, '/v1/charges?limit=1000');
    return body.data?.find((charge) => charge['eventId'] === eventId);
  }
}

/** @param timeZone the operator's */
export async function runMetering(timeZone = 'UTC'): Promise<RunningMetering> {
  const { service, neighbours, close } = await runAmong(
    { name: 'metering', module: MeteringModule, config: meteringConfig },
    {
      identity: identityCatalogue,
      appRegistry: appRegistryCatalogue,
      wallet: walletCatalogue,
      gateway: gatewayCatalogue,
      settlement: settlementCatalogue,
    },
    { OPERATOR_TIME_ZONE: timeZone },
  );
  return new RunningMetering(service, neighbours, close);
}
