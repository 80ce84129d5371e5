import type { Asked } from './asked.ts';
import type { ReferenceModel } from './model.ts';
import type { ModelWallet, At, Refusal, Expected, Consequences } from './state.ts';

/** One kind of what the operator gives. */
export interface Giving {
  /** Why the wallet may not have it, whatever the capacity. */
  barred(wallet: ModelWallet, asked: Asked, at: At): Refusal | undefined;
  /** Why there are no tokens for it. */
  short(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Refusal | undefined;
  refused(wallet: ModelWallet, asked: Asked, refusal: Refusal): Expected;
  give(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences;
}
