import { scaled } from '@tokengrid/contracts';
import {
  type FinishedUse,
  Purse,
  type Settled,
  type Spending,
  SpendingEnded,
  type SpendingWish,
  Unpayable,
  type UnpayableCause,
  type Units,
} from '../serving/purse.ts';

/** A request at the purse, and what became of it. */
export interface Opened {
  readonly wish: SpendingWish;
  /** Units that were set aside for, in turn. */
  readonly flows: Units[];
  ended: 'finished' | 'dropped' | undefined;
  use: FinishedUse | undefined;
  /** Calls the slice back. */
  recall(why: SpendingEnded['why']): void;
}

/** Units of output that are set aside beyond what has flowed. */
const unitsAhead = 64n * 1_000_000n;

/** A purse with one number of µAIT, which a spec sets, and the unit prices that it is given. */
export class PurseOfSpecs extends Purse {
  readonly opened: Opened[] = [];
  available = 10n ** 12n;
  /** What the next request is refused with. */
  refuses: UnpayableCause | undefined;
  /** Called before a use is stored. */
  beforeFinish: (() => Promise<void>) | undefined;

  constructor(private readonly prices: ReadonlyMap<string, string>) {
    super();
  }

  override open(wish: SpendingWish, signal: AbortSignal): Promise<Spending> {
    signal.throwIfAborted();
    const { refuses } = this;
    if (refuses) return Promise.reject(new Unpayable(refuses, `refused: ${refuses}`, 2000));
    if (this.costOf(wish.estimate) > this.available)
      return Promise.reject(new Unpayable('insufficient-tokens', 'insufficient tokens'));
    const ended = new AbortController();
    const opened: Opened = {
      ...{ wish, flows: [], ended: undefined, use: undefined },
      recall: (why) => ended.abort(new SpendingEnded(why)),
    };
    this.opened.push(opened);
    return Promise.resolve(this.spendingOf(opened, ended.signal));
  }

  /** µAIT of units, rounded up. */
  costOf(units: Units): bigint {
    const cost = [...units].reduce((sum, [meter, count]) => sum + count * scaled(this.prices.get(meter) ?? '0'), 0n);
    return (cost + 10n ** 12n - 1n) / 10n ** 12n;
  }

  private spendingOf(opened: Opened, ended: AbortSignal): Spending {
    const settle = (how: Opened['ended']) => {
      if (opened.ended) throw new Error(`${opened.wish.requestId} is settled twice: ${opened.ended}, ${how}`);
      opened.ended = how;
    };
    return {
      ended,
      flow: (units) => {
        opened.flows.push(units);
        const ahead = new Map([...units, ['output_tokens', (units.get('output_tokens') ?? 0n) + unitsAhead]]);
        if (this.costOf(ahead) <= this.available) return true;
        return Promise.resolve(this.costOf(units) <= this.available);
      },
      finish: async (use): Promise<Settled> => {
        await this.beforeFinish?.();
        settle('finished');
        opened.use = use as FinishedUse;
        const tokens = this.costOf(use.units);
        this.available -= tokens;
        return { tokens, remaining: this.available };
      },
      drop: () => settle('dropped'),
    };
  }
}
