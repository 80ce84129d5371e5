import {
  type EventOf,
  OrganizationRegistered,
  operatorPartyId,
  PartyReinstated,
  PartySuspended,
  StatementMade,
  UsageRated,
} from '@tokengrid/contracts';
import type { Dice } from '@tokengrid/simulation-kit';
import type { Foreign, Heard } from '../machine/heard.ts';

const sealed = `enc:v1:usr_${'1'.repeat(26)}:iv:text`;
const owner = { userId: 'usr_1', name: sealed, email: sealed, passwordHash: sealed };
const day = '2026-01-01';

/** What was used for how much, and with which key. */
export interface Use {
  readonly tokens: bigint;
  readonly model?: string;
  readonly app?: string;
  readonly key?: string;
}

/** Events of other services: registrations, uses and statements. One lane each. */
export class Outside {
  readonly identity: Heard[] = [];
  readonly metering: Heard[] = [];
  readonly settlement: Heard[] = [];
  private readonly suspended = new Set<string>();

  constructor(private readonly id: (prefix: string) => string) {}

  register(partyId: string): void {
    const party = { partyId, kind: 'developer', name: sealed, contactStreamId: 'contact-1', owner } as const;
    this.tell(this.identity, 'identity', OrganizationRegistered(party));
  }

  /** True if a party is suspended now. */
  isSuspended(partyId: string): boolean {
    return this.suspended.has(partyId);
  }

  /** A party's suspension or reinstatement, by the event's revision. */
  suspensionAt(revision: number): { readonly type: string; readonly partyId: string } | undefined {
    const event = this.identity[revision - 1];
    if (event?.type !== 'PartySuspended' && event?.type !== 'PartyReinstated') return undefined;
    return { type: event.type, partyId: event.data.partyId };
  }

  /** What was rated by an event, by the event's id. */
  ratedBy(eventId: string): EventOf<typeof UsageRated>['data'] | undefined {
    const event = this.metering.find(({ id }) => id === eventId);
    return event?.type === 'UsageRated' ? event.data : undefined;
  }

  /** Suspends a party, or reinstates a suspended one. */
  suspendOrReinstate(partyId: string): void {
    const event = this.suspended.delete(partyId) ? PartyReinstated({ partyId }) : PartySuspended({ partyId });
    if (event.type === 'PartySuspended') this.suspended.add(partyId);
    this.tell(this.identity, 'identity', event);
  }

  /** A party used something, once or several times, and all of it is rated at once. */
  rate(partyId: string, uses: readonly Use[]): void {
    const rated = UsageRated({
      partyId,
      uses: uses.map(({ tokens, ...of }) => ({
        usageId: this.id('usg'),
        source: 'simulation',
        eventId: this.id('evt'),
        reportedBy: operatorPartyId,
        time: `${day}T00:00:00.000Z`,
        ...of,
        units: { input_tokens: '374' },
        tokens,
        priceVersion: 'model:some-model@1',
        lines: [{ of: 'model:some-model', meter: 'input_tokens', units: '374', unitPrice: '1', tokens }],
        operatorBps: 1000,
        shares: [{ role: 'operator', partyId: operatorPartyId, tokens }],
        chargeId: this.id('chg'),
      })),
    });
    this.tell(this.metering, 'metering', rated);
  }

  /** States earnings out of each lane's escrow, for the operator or a party. */
  state(parties: readonly string[], dice: Dice, escrow: readonly bigint[]): void {
    const partyId = dice.once(3) ? operatorPartyId : dice.one(parties);
    const payFrom = escrow.flatMap((there, walletLane) => {
      // Settlement never asks for more than there is; if it did, that must be harmless.
      const tokens = dice.once(10) ? there + 1n : there / dice.tokens(4);
      return tokens > 0n ? [{ walletLane, tokens }] : [];
    });
    if (payFrom.length === 0) return;
    const tokens = payFrom.reduce((sum, share) => sum + share.tokens, 0n);
    const statementId = this.id('stm');
    const statement = {
      statementId,
      period: day,
      timeZone: 'UTC',
      partyId,
      ...{ lines: [], carriedIn: 0n, carriedOut: 0n, tokens, payFrom },
    };
    this.tell(this.settlement, 'settlement', StatementMade(statement));
  }

  private tell(lane: Heard[], service: string, event: Foreign): void {
    const sequence = lane.length + 1;
    const id = `${service}/0/${sequence}`;
    lane.push({
      ...event,
      id,
      service,
      lane: 0,
      sequence,
      streamId: 'outside',
      revision: sequence,
      time: 0,
      commandId: id,
      causationId: id,
      correlationId: id,
      actor: 'simulation',
    });
  }
}
