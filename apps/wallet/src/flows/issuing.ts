import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import { type Command, type Outcome, StoreUnavailable } from '@tokengrid/event-store';
import { type IncomingCommand, serviceConfig } from '@tokengrid/service';
import { CapacityStream } from '../streams/capacity.ts';
import type { WalletConfig } from '../config.ts';
import { capacityStreamId, type DeclaredCapacity, leftOf, mustBeDeclared } from '../decisions/state/capacity.ts';
import { declareCapacity } from '../decisions/capacity/declare-capacity.ts';
import type { Facts } from '../decisions/state/facts.ts';
import { requestCapacity } from '../decisions/capacity/request-capacity.ts';
import { returnCapacity } from '../decisions/capacity/return-capacity.ts';
import { capacityHeldBy, roomOf } from '../decisions/state/wallet-lane.ts';
import { Lanes } from '../streams/lanes.ts';
import {
  whenCapacityDeclaredReturnCapacity,
  WhenCapacityDeclaredReturnCapacity,
} from '../policies/when-capacity-declared-return-capacity.ts';
import {
  whenCapacityGrantedReceiveCapacity,
  WhenCapacityGrantedReceiveCapacity,
} from '../policies/when-capacity-granted-receive-capacity.ts';
import {
  whenCapacityReturnedOrCapacityFreedReclaimCapacity,
  WhenCapacityReturnedOrCapacityFreedReclaimCapacity,
} from '../policies/when-capacity-returned-or-capacity-freed-reclaim-capacity.ts';

/**
 * The capacity, and whether some of it is in transit: granted to a lane that has not received it,
 * or returned and not reclaimed.
 */
interface Seen {
  readonly capacity: DeclaredCapacity;
  readonly isMoving: boolean;
  /** µAIT that lanes have and have not issued, by lane. */
  readonly rooms: ReadonlyMap<number, bigint>;
}

/** Origin of a request, which causes its requests for capacity. */
type Cause = Pick<Command<unknown>, 'id' | 'correlationId' | 'actor' | 'traceparent'>;

/**
 * Capacity for commands that issue tokens. A lane whose slice is short requests more, and gets the
 * unused capacity of other lanes, and the capacity in transit, before anything is refused. Each
 * step is an event and its policy's command; running it here as well, under the id of the policy's
 * command, only saves the caller the way over the log.
 */
@Injectable()
export class Issuing {
  private recalling: Promise<void> | undefined;
  /** The next look, shared by all that wait for it. */
  private looking: Promise<Seen> | undefined;
  private settling: Promise<void> | undefined;

  constructor(
    private readonly lanes: Lanes,
    private readonly capacity: CapacityStream,
    private readonly declared: WhenCapacityDeclaredReturnCapacity,
    private readonly granted: WhenCapacityGrantedReceiveCapacity,
    private readonly returned: WhenCapacityReturnedOrCapacityFreedReclaimCapacity,
    @Inject(serviceConfig) private readonly settings: Pick<WalletConfig, 'capacityTimeoutMs' | 'capacityRetryMs'>,
  ) {}

  /**
   * Looks for the capacity that one command lacks, as often as it lacks some: enlarges its lane's
   * slice, or finds how much is left beside it.
   * @throws StoreUnavailable if its lane got no answer about capacity in time: nothing was done
   */
  capacityFor(cause: Cause): (lacked: Facts['capacity']) => Promise<{ readonly capacityLeft?: bigint }> {
    const deadline = performance.now() + this.settings.capacityTimeoutMs;
    const shortage: Shortage = { cause, recalled: false };
    return async (lacked) => {
      if (performance.now() >= deadline) {
        throw new StoreUnavailable('capacity was neither granted nor refused in time; sending it again is safe');
      }
      const capacityLeft = await this.enlarge(lacked, shortage);
      return capacityLeft === undefined ? {} : { capacityLeft };
    };
  }

  /**
   * Declares the capacity, and lets every lane receive the declaration before the caller is
   * answered.
   */
  async declare(tokens: bigint, incoming: IncomingCommand): Promise<Outcome<WalletEvent>> {
    const outcome = await this.capacity.handle(declareCapacity, incoming.to(capacityStreamId, { tokens }));
    for (const event of outcome.events) {
      if (event.type !== 'CapacityDeclared') continue;
      await ahead(async () => {
        const returns = await this.declared.returnCapacity(event, new Ahead(whenCapacityDeclaredReturnCapacity, event));
        await Promise.all(returns.map((each) => this.reclaim(each)));
      });
    }
    return outcome;
  }

  /** Makes freed capacity available to all lanes before the caller is answered. */
  async freed(outcome: Outcome<WalletEvent>): Promise<Outcome<WalletEvent>> {
    await ahead(() => this.reclaim(outcome));
    return outcome;
  }

  /**
   * Gets a lane more capacity, by a recall from the others if needed. Returns the rest if that is
   * less than the lane lacks and nothing is in transit: a process that died between two steps
   * leaves the next one to a policy, and its result must not be missed.
   */
  private async enlarge({ lane, lacking }: Facts['capacity'], shortage: Shortage): Promise<bigint | undefined> {
    const { capacity, isMoving, rooms } = await (this.looking ??= this.look());
    const left = leftOf(capacity);
    if (capacity.reported.length < this.lanes.all.length) await passing(this.settings.capacityRetryMs);
    else if (left >= lacking) await this.request(lane, lacking, shortage.cause);
    else if (!shortage.recalled) {
      shortage.recalled = true;
      this.recalling ??= this.recall(capacity.version, shortage.cause).finally(() => (this.recalling = undefined));
      await this.recalling;
    } else if (isMoving) {
      await (this.settling ??= this.settle().finally(() => (this.settling = undefined)));
      shortage.recalled = false;
    } else if (left + roomBeside(lane, rooms) >= lacking) {
      // Granted since the recall, for a command that has time to use it.
      await passing(this.settings.capacityRetryMs);
      shortage.recalled = false;
    } else return left;
    return undefined;
  }

  /** Waits until nothing is in transit; all that wait share the looks. */
  private async settle(): Promise<void> {
    const { capacityTimeoutMs, capacityRetryMs } = this.settings;
    const deadline = performance.now() + capacityTimeoutMs;
    do await passing(capacityRetryMs);
    while (performance.now() < deadline && (await (this.looking ??= this.look())).isMoving);
  }

  /**
   * Reads the lanes between two reads of the capacity: if it moved meanwhile, the reads do not
   * belong together.
   */
  private async look(): Promise<Seen> {
    await new Promise((resolve) => setImmediate(resolve));
    this.looking = undefined;
    const before = mustBeDeclared(await this.capacity.load(capacityStreamId));
    const lanes = await Promise.all(this.lanes.all.map((lane) => this.lanes.loadLane(lane)));
    const capacity = mustBeDeclared(await this.capacity.load(capacityStreamId));
    const held = lanes.reduce((sum, lane) => sum + capacityHeldBy(lane), 0n);
    const rooms = new Map(this.lanes.all.map((lane, index) => [lane, roomOf(lanes[index]!)]));
    return { capacity, isMoving: before.granted !== capacity.granted || held !== capacity.granted, rooms };
  }

  private async request(lane: number, required: bigint, cause: Cause): Promise<void> {
    const request = because(cause, capacityStreamId, { lane, required });
    const { events } = await this.capacity.handle(requestCapacity, request);
    for (const event of events) {
      if (event.type === 'CapacityGranted') {
        await this.granted.receiveCapacity(event, new Ahead(whenCapacityGrantedReceiveCapacity, event));
      }
    }
  }

  /** Lets the lanes return their unused capacity. */
  private async recall(version: number, cause: Cause): Promise<void> {
    const recalls = this.lanes.all.map(async (lane) => {
      if (roomOf(await this.lanes.loadLane(lane)) <= 0n) return;
      const recall = because(cause, this.lanes.streamOf(lane), { version });
      await this.reclaim(await this.lanes.handle(returnCapacity, recall));
    });
    await Promise.all(recalls);
  }

  private async reclaim({ events }: Outcome<WalletEvent>): Promise<void> {
    for (const event of events) {
      if (event.type === 'CapacityReturned' || event.type === 'CapacityFreed') {
        await this.returned.reclaimCapacity(
          event,
          new Ahead(whenCapacityReturnedOrCapacityFreedReclaimCapacity, event),
        );
      }
    }
  }
}

/** µAIT that the other lanes could return. */
function roomBeside(lane: number, rooms: Seen['rooms']): bigint {
  const others = [...rooms].filter(([other, room]) => other !== lane && room > 0n);
  return others.reduce((sum, [, room]) => sum + room, 0n);
}

const passing = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Progress of a command whose lane's slice is too small. */
interface Shortage {
  readonly cause: Cause;
  /**
   * Other lanes are asked again only after a pause: two commands would otherwise take the same
   * capacity from each other for ever.
   */
  recalled: boolean;
}

/** A command caused by a request, beside its own. */
function because<Data>({ id, correlationId, actor, traceparent }: Cause, streamId: string, data: Data): Command<Data> {
  return {
    id: randomUUID(),
    streamId,
    data,
    causationId: id,
    correlationId,
    actor,
    traceparent,
    answerOnceStored: true,
  };
}

/**
 * Commands of a policy, executed ahead of it: callers wait only for their result, not for the steps
 * in the log.
 */
export class Ahead extends Reaction {
  override to<Data>(streamId: string, data: Data, part?: string): Command<Data> {
    return { ...super.to(streamId, data, part), answerOnceStored: true };
  }
}

/** Runs a policy's work ahead of the policy. If it fails, the policy will do it. */
export async function ahead(work: () => Promise<void>): Promise<void> {
  await work().catch(() => undefined);
}
