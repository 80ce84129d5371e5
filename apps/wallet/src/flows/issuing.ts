import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import { type Command, type Outcome, StoreUnavailable } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type IncomingCommand, serviceConfig } from '@tokengrid/service';
import { CapacityStream } from '../streams/capacity.ts';
import type { WalletConfig } from '../config.ts';
import { capacityStreamId, type DeclaredCapacity, leftOf, mustBeDeclared } from '../decisions/state/capacity.ts';
import { declareCapacity } from '../decisions/capacity/declare-capacity.ts';
import { SliceTooSmall } from '../decisions/rules/issuance.ts';
import { requestCapacity } from '../decisions/capacity/request-capacity.ts';
import { returnCapacity } from '../decisions/capacity/return-capacity.ts';
import type { Wallet } from '../decisions/state/wallet.ts';
import { capacityHeldBy, roomOf, type WalletLane } from '../decisions/state/wallet-lane.ts';
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
import { Wallets } from '../streams/wallets.ts';

/** The capacity, and whether some of it is on its way: granted to a lane that has not received it, or given back and not reclaimed. */
interface Seen {
  readonly capacity: DeclaredCapacity;
  readonly isMoving: boolean;
}

/** What a command that issues tokens may learn: what is left beside its lane's slice, once that is known not to suffice. */
interface MayRunShort {
  readonly capacityLeft?: bigint;
}

/** Where a request comes from: what it asks the capacity for happens because of it. */
type Cause = Pick<Command<unknown>, 'id' | 'correlationId' | 'traceparent'>;

/**
 * Carries out what issues tokens. A lane whose slice of the capacity is short asks for more, and gets what other lanes have not
 * used, and what is on its way, before anything is refused. Each step is an event and its policy's command; doing it here as well, under the id that the
 * policy's command has, only spares the caller the way over the log.
 */
@Injectable()
export class Issuing {
  private recalling: Promise<void> | undefined;
  /** The look that has not begun: all who wait look together. */
  private looking: Promise<Seen> | undefined;
  private settling: Promise<void> | undefined;

  constructor(
    private readonly wallets: Wallets,
    private readonly lanes: Lanes,
    private readonly capacity: CapacityStream,
    private readonly declared: WhenCapacityDeclaredReturnCapacity,
    private readonly granted: WhenCapacityGrantedReceiveCapacity,
    private readonly returned: WhenCapacityReturnedOrCapacityFreedReclaimCapacity,
    @Inject(serviceConfig) private readonly settings: Pick<WalletConfig, 'capacityTimeoutMs' | 'capacityRetryMs'>,
  ) {}

  /**
   * Takes a command that issues tokens.
   * @throws StoreUnavailable when its lane got no answer about capacity in time: nothing was done
   */
  async issue<Data extends MayRunShort>(
    decide: Decide<Wallet, Data, WalletEvent, WalletLane>,
    command: Command<Data>,
  ): Promise<Outcome<WalletEvent>> {
    const deadline = performance.now() + this.settings.capacityTimeoutMs;
    const shortage: Shortage = { cause: command, recalled: false };
    let asked = command;
    while (performance.now() < deadline) {
      try {
        return await this.wallets.handle(decide, asked);
      } catch (error) {
        if (!(error instanceof SliceTooSmall)) throw error;
        const capacityLeft = await this.enlarge(error, shortage);
        if (capacityLeft !== undefined) asked = { ...command, data: { ...command.data, capacityLeft } };
      }
    }
    throw new StoreUnavailable('capacity was neither granted nor refused in time; sending it again is safe');
  }

  /** Declares the capacity, and lets every lane hear of it before the caller does. */
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

  /** Makes what was sold back available to all lanes before the caller hears that it was sold. */
  async freed(outcome: Outcome<WalletEvent>): Promise<Outcome<WalletEvent>> {
    await ahead(() => this.reclaim(outcome));
    return outcome;
  }

  /**
   * Gets a lane more capacity, if need be by a recall from the others. Tells what is left where that is less than it lacks, and nothing is on
   * its way: a process that died between two steps leaves the next one to a policy, and what comes back by that must not be missed.
   */
  private async enlarge({ lane, lacking }: SliceTooSmall, shortage: Shortage): Promise<bigint | undefined> {
    const { capacity, isMoving } = await (this.looking ??= this.look());
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
    } else return left;
    return undefined;
  }

  /** Waits until nothing is on its way any more; together, so that many who wait cost no more than one. */
  private async settle(): Promise<void> {
    const { capacityTimeoutMs, capacityRetryMs } = this.settings;
    const deadline = performance.now() + capacityTimeoutMs;
    do await passing(capacityRetryMs);
    while (performance.now() < deadline && (await (this.looking ??= this.look())).isMoving);
  }

  /** Looks at the lanes between two looks at the capacity: where it moved meanwhile, what was seen does not belong together. */
  private async look(): Promise<Seen> {
    await new Promise((resolve) => setImmediate(resolve));
    this.looking = undefined;
    const before = mustBeDeclared(await this.capacity.load(capacityStreamId));
    const lanes = await Promise.all(this.lanes.all.map((lane) => this.lanes.loadLane(lane)));
    const capacity = mustBeDeclared(await this.capacity.load(capacityStreamId));
    const held = lanes.reduce((sum, lane) => sum + capacityHeldBy(lane), 0n);
    return { capacity, isMoving: before.granted !== capacity.granted || held !== capacity.granted };
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

  /** Lets the lanes that have capacity to spare give it back. */
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

const passing = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How far a command has come that its lane's slice does not cover. */
interface Shortage {
  readonly cause: Cause;
  /** Other lanes are asked once for what they have: two commands would take the same capacity from each other for ever. */
  recalled: boolean;
}

/** A command that a request leads to beside its own. */
function because<Data>({ id, correlationId, traceparent }: Cause, streamId: string, data: Data): Command<Data> {
  return {
    id: randomUUID(),
    streamId,
    data,
    causationId: id,
    correlationId,
    traceparent,
    answerOnceStored: true,
  };
}

/** What a policy makes its commands with, done ahead of it: nobody waits for the log to have the steps, only for where they lead. */
export class Ahead extends Reaction {
  override to<Data>(streamId: string, data: Data, part?: string): Command<Data> {
    return { ...super.to(streamId, data, part), answerOnceStored: true };
  }
}

/** Does a policy's work before the policy does. If that fails, the policy will do it. */
export async function ahead(work: () => Promise<void>): Promise<void> {
  await work().catch(() => undefined);
}
