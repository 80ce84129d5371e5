/** µAIT per day and per month of the operator; `undefined`: no limit. */
export interface Caps {
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
}

/** Tokens spent in one day and one month. */
export class Spending {
  private readonly spent = new Map<string, bigint>();
  private readonly raised = new Set<string>();

  /** @param span a day, or a month */
  in(span: string): bigint {
    return this.spent.get(span) ?? 0n;
  }

  spend(tokens: bigint, day: string): void {
    for (const span of [day, monthOf(day)]) this.spent.set(span, this.in(span) + tokens);
  }

  /** A refund of a day's spending. */
  unspend(tokens: bigint, day: string): void {
    this.spend(-tokens, day);
  }

  /** Which cap leaves no room for so much more. */
  exceeded(tokens: bigint, day: string, caps: Caps): 'daily' | 'monthly' | undefined {
    const has = (cap: bigint | undefined, span: string) => cap === undefined || this.in(span) + tokens <= cap;
    if (!has(caps.daily, day)) return 'daily';
    return has(caps.monthly, monthOf(day)) ? undefined : 'monthly';
  }

  /** Thresholds that were reached and not told yet: they are told now. */
  newAlerts(day: string, caps: Caps, percents: readonly number[]): readonly Alert[] {
    const windows = [
      ['day', day, caps.daily],
      ['month', monthOf(day), caps.monthly],
    ] as const;
    return windows.flatMap(([window, span, limit]) =>
      [...new Set(percents)].flatMap((percent) => {
        const spent = this.in(span);
        const told = `${span} ${percent}`;
        if (limit === undefined || spent * 100n < limit * BigInt(percent) || this.raised.has(told)) return [];
        this.raised.add(told);
        return [{ window, percent, spent, limit }];
      }),
    );
  }
}

/** An alert at a threshold of a limit. */
export interface Alert {
  readonly window: 'day' | 'month';
  readonly percent: number;
  readonly spent: bigint;
  readonly limit: bigint;
}

const monthOf = (day: string): string => day.slice(0, 7);
