import { setTimeout as passing } from 'node:timers/promises';
import {
  actorText,
  commandIdOf,
  encodeEvent,
  mostUsesOfEvent,
  type ServedUse,
  systemActor,
  UsesServed,
} from '@tokengrid/contracts';
import { isTransient } from '@tokengrid/event-bus';
import type { Command } from '@tokengrid/event-store';
import { type OfSlice, SliceGone } from '../decisions/rules/own-slice.ts';
import { returnSlice, type ReturnSlice } from '../decisions/slices/return-slice.ts';
import { serveUses, type ServeUses } from '../decisions/slices/serve-uses.ts';
import { type WantSlice, wantSlice } from '../decisions/slices/want-slice.ts';
import { edgeStreamOf } from '../decisions/state/edge.ts';
import type { Edges } from '../streams/edges.ts';

/** Where uses are kept that are reported later, and when that is. */
export interface Keeping {
  /** Milliseconds between two reports of a slice. */
  readonly everyMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /**
   * Resolves once a use is stored where a successor of this process finds it.
   * @throws NoLongerSpeaking
   */
  readonly keep: (sliceId: string, use: ServedUse) => Promise<void>;
  /** A use is reported: it need not be kept any more. */
  readonly reported: (eventId: string) => void;
  /** A use that was answered could not be reported. */
  readonly failed: (use: ServedUse, error: unknown) => void;
}

/** A use that is reported later. */
interface Kept {
  readonly use: ServedUse;
  isReported: boolean;
}

/** Pause before what the store could not take now is said again. */
const retryMs = 50;

/** A use that waits until it is stored. */
interface Unsaid {
  readonly use: ServedUse;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Uses that go into one command; more join it until its lane takes it. */
interface Turn {
  readonly unsaid: Unsaid[];
  readonly uses: ServedUse[];
  isOpen: boolean;
}

/** The process that spoke is followed by another one. */
export class NoLongerSpeaking extends Error {
  override readonly name = 'NoLongerSpeaking';
}

/**
 * What this process says of one slice: one command of uses at a time, which gathers those that end
 * while it waits for its lane. A use soon after a report is kept instead, and reported with those
 * that follow: an event costs what twenty kept uses do. What the store can't take now is said
 * again, under the same ids.
 */
export class SliceReports {
  private turn: Turn | undefined;
  private readonly next: Unsaid[] = [];
  private saying: Promise<void> | undefined;
  private kept: Kept[] = [];
  private reportedAt = Number.NEGATIVE_INFINITY;
  private isReturned = false;
  private isOver = false;
  /** This process, for the payer. */
  private readonly actor: string;

  constructor(
    private readonly of: OfSlice,
    private readonly edges: Pick<Edges, 'handle'>,
    private readonly keeping: Keeping,
  ) {
    this.actor = systemActor('slices', of.partyId);
  }

  /** Asks for tokens. @throws SliceGone, TooManySlices, NoLongerSpeaking */
  async want(wanted: Omit<WantSlice, keyof OfSlice>): Promise<void> {
    const id = commandIdOf('want-slice', this.of.sliceId, String(wanted.number));
    await this.say(id, (command) => this.edges.handle(wantSlice, { ...command, data: { ...this.of, ...wanted } }));
  }

  /** Resolves once the use is stored. @throws SliceGone, NoLongerSpeaking, InvalidEvent */
  add(use: ServedUse): Promise<void> {
    const { turn } = this;
    const mayJoin = turn?.isOpen && this.next.length === 0 && turn.uses.length < mostUsesOfEvent;
    if (!mayJoin && this.isSoon && !this.isReturned) return this.keep(use);
    return new Promise((resolve, reject) => {
      const unsaid = { use, resolve, reject };
      if (mayJoin) {
        turn.unsaid.push(unsaid);
        turn.uses.push(use);
        return;
      }
      this.next.push(unsaid);
      this.saying ??= this.sayAll();
    });
  }

  /** Reports what is kept, once it is time. */
  look(): void {
    if (!this.isSoon) this.reportKept();
  }

  /** Gives the slice back once all of its uses are stored. @throws SliceGone, NoLongerSpeaking */
  async giveBack(reason: ReturnSlice['reason'], uses: readonly ServedUse[]): Promise<void> {
    this.reportKept();
    while (this.saying) {
      await this.saying;
      this.reportKept();
    }
    this.isReturned = true;
    const id = commandIdOf('return-slice', this.of.sliceId);
    const data = { ...this.of, reason, uses };
    await this.say(id, (command) => this.edges.handle(returnSlice, { ...command, data }));
  }

  /** Says nothing more: another process does. */
  abandon(): void {
    this.isOver = true;
    this.kept = [];
  }

  private get isSoon(): boolean {
    return this.keeping.now() < this.reportedAt + this.keeping.everyMs;
  }

  private async keep(use: ServedUse): Promise<void> {
    // What is answered must be such that it can be reported.
    encodeEvent(UsesServed, { ...this.of, report: 1, uses: [use] });
    const kept: Kept = { use, isReported: false };
    this.kept.push(kept);
    if (this.kept.length >= mostUsesOfEvent) this.reportKept();
    await this.patiently(() => this.keeping.keep(this.of.sliceId, use));
    // Reported meanwhile: nobody else tells that it need not be kept.
    if (kept.isReported) this.keeping.reported(use.eventId);
  }

  private reportKept(): void {
    if (this.kept.length === 0) return;
    for (const kept of this.kept.splice(0)) {
      const { use } = kept;
      const resolve = () => {
        kept.isReported = true;
        this.keeping.reported(use.eventId);
      };
      const reject = (error: unknown) => this.keeping.failed(use, error);
      this.next.push({ use, resolve, reject });
    }
    this.saying ??= this.sayAll();
  }

  private async sayAll(): Promise<void> {
    while (this.next.length > 0) {
      const unsaid = this.next.splice(0, mostUsesOfEvent);
      await this.report(unsaid);
    }
    // At once: what is added from now on begins anew.
    this.saying = undefined;
  }

  /** Uses that fail together are said one by one: the fault is one's. */
  private async report(unsaid: Unsaid[]): Promise<void> {
    const turn: Turn = { unsaid, uses: unsaid.map(({ use }) => use), isOpen: true };
    this.turn = turn;
    this.reportedAt = this.keeping.now();
    const taken = () => void (turn.isOpen = false);
    const data = { ...this.of, uses: turn.uses };
    const id = commandIdOf('serve-uses', this.of.sliceId, turn.uses[0]!.eventId);
    try {
      await this.say(id, (command) => this.edges.handle(serveUses, this.byItsKey({ ...command, data, taken })));
      for (const { resolve } of turn.unsaid) resolve();
    } catch (error) {
      taken();
      if (turn.unsaid.length === 1 || isOfAll(error)) for (const { reject } of turn.unsaid) reject(error);
      else for (const each of turn.unsaid) await this.report([each]);
    }
    taken();
  }

  private async say(id: string, handle: (command: Said) => Promise<unknown>): Promise<void> {
    // Bounded by the running requests: the store need not count it among its callers' commands.
    const command = {
      id,
      causationId: id,
      correlationId: id,
      streamId: edgeStreamOf(this.of.partyId),
      actor: this.actor,
    };
    await this.patiently(() => handle({ ...command, answerOnceStored: true }));
  }

  /**
   * A command of uses whose actor is known when its lane takes it: the key of all its uses, or this
   * process if there are several.
   */
  private byItsKey(command: Command<ServeUses>): Command<ServeUses> {
    const { actor, of } = this;
    return {
      ...command,
      get actor() {
        return actorOfUses(of.partyId, command.data.uses) ?? actor;
      },
    };
  }

  /** Repeats what the store can't take now. @throws NoLongerSpeaking */
  private async patiently(store: () => Promise<unknown>): Promise<void> {
    for (;;) {
      if (this.isOver) throw new NoLongerSpeaking(`${this.of.gatewayId} is followed by another process`);
      try {
        await store();
        return;
      } catch (error) {
        if (!isTransient(error)) throw error;
        await passing(retryMs);
      }
    }
  }
}

interface Said {
  readonly id: string;
  readonly causationId: string;
  readonly correlationId: string;
  readonly streamId: string;
  readonly actor: string;
  readonly answerOnceStored: true;
}

/** Actor of uses that have one key. */
function actorOfUses(party: string, uses: readonly ServedUse[]): string | undefined {
  const key = uses[0]?.key;
  return key !== undefined && uses.every((use) => use.key === key) ? actorText({ party, key }) : undefined;
}

const isOfAll = (error: unknown): boolean => error instanceof NoLongerSpeaking || error instanceof SliceGone;
