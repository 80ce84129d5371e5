import type { SliceUse } from '@tokengrid/contracts';
import type { Units } from '../serving/purse.ts';
import type { FreeUnits } from './free-units.ts';
import { nothingTaken, type PriceList, reckon, type Taken } from './price-list.ts';
import type { Slice } from './slice.ts';

/** A request that wants to spend. */
export interface Spender {
  readonly requestId: string;
  readonly keyId: string;
  readonly use: SliceUse;
  /** Units that it needs to begin. */
  readonly estimate: Units;
}

/** A request for which tokens are set aside. */
interface Running {
  readonly spender: Spender;
  /** Time at which it began, by which its use is rated; epoch milliseconds. */
  readonly time: number;
  readonly list: PriceList;
  readonly free: FreeUnits;
  /** Units that are set aside for it, and what these take. */
  reserved: Units;
  taken: Taken;
  /** Units that were passed on; undefined before the first. */
  passed: Units | undefined;
}

/** A use of a request, with what it takes of its slice. */
export interface SpentUse {
  readonly spender: Spender;
  readonly sliceId: string;
  readonly time: number;
  readonly units: Units;
  readonly taken: Taken;
}

/** A request whose slice was given back before it ended: more of it can't be paid. */
export class SpendingOver extends Error {
  override readonly name = 'SpendingOver';
  constructor(requestId: string) {
    super(`the slice of ${requestId} was given back`);
  }
}

/** Units × 10^6 of each growing meter that are set aside ahead of a running request. */
const aheadUnits = 64_000_000n;

/** Requests that run on a slice, and what is set aside for each. */
export class Spendings {
  private readonly running = new Map<string, Running>();
  /** Uses of requests that were cut off with their slice, and are not finished yet. */
  private readonly cut = new Map<string, SpentUse>();

  constructor(private readonly slice: () => Slice | undefined) {}

  get size(): number {
    return this.running.size;
  }

  /** True if no request runs, and none that was cut off is unfinished. */
  get isEmpty(): boolean {
    return this.running.size + this.cut.size === 0;
  }

  has(requestId: string): boolean {
    return this.running.has(requestId);
  }

  requestIds(): readonly string[] {
    return [...this.running.keys()];
  }

  ofKey(keyId: string): readonly string[] {
    return [...this.running.values()].flatMap(({ spender }) => (spender.keyId === keyId ? [spender.requestId] : []));
  }

  keyIds(): readonly string[] {
    return [...this.running.values()].map(({ spender }) => spender.keyId);
  }

  uses(): readonly SliceUse[] {
    return [...this.running.values()].map(({ spender }) => spender.use);
  }

  /** Units that requests have passed on so far. */
  passed(): readonly SpentUse[] {
    const slice = this.slice();
    if (!slice) return [];
    return [...this.running.values()].flatMap((request) => {
      const { spender, time, passed: units } = request;
      if (units === undefined) return [];
      // Not what is set aside: that is more than was passed on.
      return [{ spender, time, units, taken: this.costOf(request, units), sliceId: slice.sliceId }];
    });
  }

  /** µAIT that a request needs to begin; undefined where its prices have to be asked for. */
  costToBegin({ use, estimate }: Spender, now: number): bigint | undefined {
    const slice = this.slice();
    const list = slice?.listFor(use, now);
    return slice && list && reckon(list, estimate, (meter) => slice.free.of(list, meter)).tokens;
  }

  /** µAIT that a running request needs beside what is set aside for it. */
  costToPass(requestId: string, units: Units): bigint {
    const request = this.running.get(requestId);
    return request ? this.costOf(request, withAhead(units, request.passed)).tokens - request.taken.tokens : 0n;
  }

  /** @returns whether tokens were set aside for it */
  begin(spender: Spender, now: number): boolean {
    const slice = this.slice();
    if (!slice || slice.ending || !slice.isSpendable(now)) return false;
    const list = slice.listFor(spender.use, now);
    if (!list) return false;
    const { free } = slice;
    const request: Running = {
      ...{ spender, time: now, list, free, passed: undefined },
      ...{ reserved: new Map(), taken: nothingTaken },
    };
    if (!this.setAside(slice, request, spender.estimate)) return false;
    this.running.set(spender.requestId, request);
    return true;
  }

  /**
   * Sets aside what units cost and the next ones, or the units alone where there is not enough.
   * @returns whether the units are set aside
   */
  pass(requestId: string, units: Units): boolean {
    const request = this.running.get(requestId)!;
    if (!covers(request.reserved, units)) {
      const slice = this.slice()!;
      const isAside =
        this.setAside(slice, request, higher(request.reserved, withAhead(units, request.passed))) ||
        this.setAside(slice, request, higher(request.reserved, units));
      if (!isAside) return false;
    }
    request.passed = units;
    return true;
  }

  /**
   * Ends a request with the units of its use.
   * @returns its use; or what was reported of it where it was cut off
   * @throws SpendingOver for one that was cut off before all of that was passed on
   */
  finish(requestId: string, units: Units): SpentUse & { readonly isReported: boolean } {
    const cut = this.cut.get(requestId);
    if (cut) {
      this.cut.delete(requestId);
      if (!covers(cut.units, units)) throw new SpendingOver(requestId);
      return { ...cut, isReported: true };
    }
    const request = this.running.get(requestId);
    if (!request) throw new SpendingOver(requestId);
    return { ...this.spend(request, units), isReported: false };
  }

  /** Ends a request of which nothing was produced. */
  drop(requestId: string): void {
    this.cut.delete(requestId);
    const request = this.running.get(requestId);
    if (!request) return;
    this.take(this.slice()!, request, nothingTaken, request.reserved);
    this.running.delete(requestId);
  }

  /** Forgets all requests: what is left to say of them, another process says. */
  abandon(): void {
    this.running.clear();
    this.cut.clear();
  }

  /** Ends all requests with the units that they passed on: their slice is given back. */
  cutAll(): readonly SpentUse[] {
    const uses: SpentUse[] = [];
    for (const [requestId, request] of this.running) {
      const spent = this.spend(request, request.passed ?? new Map<string, bigint>());
      this.cut.set(requestId, spent);
      if (request.passed !== undefined) uses.push(spent);
    }
    return uses;
  }

  private spend(request: Running, units: Units): SpentUse {
    const slice = this.slice()!;
    const taken = this.costOf(request, units);
    this.take(slice, request, taken, units);
    slice.aside -= taken.tokens;
    slice.spent += taken.tokens;
    const { spender, time } = request;
    this.running.delete(spender.requestId);
    return { spender, time, units, taken, sliceId: slice.sliceId };
  }

  /** What units of a request take, of the free ones that it has and those that nobody has. */
  private costOf({ list, free, taken }: Running, units: Units): Taken {
    return reckon(list, units, (meter) => free.of(list, meter) + (taken.free.get(meter) ?? 0n));
  }

  private setAside(slice: Slice, request: Running, units: Units): boolean {
    const taken = this.costOf(request, units);
    if (taken.tokens - request.taken.tokens > slice.left) return false;
    this.take(slice, request, taken, units);
    return true;
  }

  private take(slice: Slice, request: Running, taken: Taken, units: Units): void {
    slice.aside += taken.tokens - request.taken.tokens;
    request.free.exchange(request.list, request.taken.free, taken.free);
    request.taken = taken;
    request.reserved = units;
  }
}

/** True if units are at most those that are set aside. */
function covers(reserved: Units, units: Units): boolean {
  for (const [meter, value] of units) if ((reserved.get(meter) ?? -1n) < value) return false;
  return true;
}

/** The larger of both, by meter. */
function higher(some: Units, others: Units): Units {
  const all = new Map(some);
  for (const [meter, value] of others) if ((all.get(meter) ?? -1n) < value) all.set(meter, value);
  return all;
}

/** Units with the next ones of each meter that has grown since it was passed on last. */
function withAhead(units: Units, before: Units | undefined): Units {
  if (before === undefined) return units;
  const all = new Map(units);
  for (const [meter, value] of units) if (value > (before.get(meter) ?? 0n)) all.set(meter, value + aheadUnits);
  return all;
}
