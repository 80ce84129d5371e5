import type { EventOf, SliceOffered, SliceWanted, WalletEvent } from '@tokengrid/contracts';
import { ensure } from '@tokengrid/simulation-kit';
import { planOf } from '../world/plan.ts';

type Wanted = EventOf<typeof SliceWanted>['data'];
type Offered = EventOf<typeof SliceOffered>['data'];
type Refused = Extract<WalletEvent, { readonly type: 'HoldRefused' | 'HoldExtensionRefused' }>['data'];

/** Refusals by what a wallet has, not by what it is. */
const forLack: readonly string[] = ['WALLET.INSUFFICIENT_TOKENS', 'WALLET.LIMIT_EXCEEDED'];

/**
 * Slices that need no tokens, from the design's text alone: one that waits for a use with free
 * units is granted whatever the wallet has; any other gets something, or is refused.
 */
export class NeededTokens {
  private readonly wanted = new Map<string, Wanted>();
  private readonly offers = new Map<string, Offered>();

  constructor(private readonly reach: (what: string) => void) {}

  asked(wanted: Wanted): void {
    this.wanted.set(nameOf(wanted), wanted);
  }

  offered(offer: Offered): void {
    const { scope, atLeast } = this.wanted.get(nameOf(offer))!;
    const ofPlan = offer.prices.find(({ of }) => of === planOf)?.prices ?? [];
    const isFree = scope[0]!.app !== undefined && ofPlan.some(({ free }) => free !== undefined);
    const right = isFree ? 0n : atLeast;
    ensure(offer.atLeast === right, () => `${offer.sliceId} needs ${offer.atLeast}, not ${right}`);
    this.offers.set(nameOf(offer), offer);
  }

  granted(slice: Answered, tokens: bigint): void {
    const { needs, sliceId } = this.answered(slice);
    ensure(!needs || tokens > 0n, () => `${sliceId} is granted nothing, and needs tokens`);
    if (tokens === 0n && slice.number === 1) this.reach('slice without tokens');
  }

  refused({ slice, code }: Refused): void {
    if (!slice || !forLack.includes(code)) return;
    const { needs, sliceId } = this.answered(slice);
    ensure(needs, () => `${sliceId} is refused for lack of tokens, and needs none`);
  }

  private answered(slice: Answered) {
    const { sliceId, tokens, atLeast } = this.offers.get(nameOf(slice))!;
    return { sliceId, needs: tokens > 0n && atLeast > 0n };
  }
}

interface Answered {
  readonly sliceId: string;
  readonly number: number;
}

const nameOf = ({ sliceId, number }: Answered): string => `${sliceId} ${number}`;
