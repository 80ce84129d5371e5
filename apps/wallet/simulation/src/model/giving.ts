import type { Asked } from './asked.ts';
import type { ReferenceModel } from './model.ts';
import type { ModelWallet, At, Refusal, Expected, Consequences } from './state.ts';

/** One kind of grant. */
export interface Giving {
  /** Refusal by the wallet's state, whatever the capacity. */
  barred(wallet: ModelWallet, asked: Asked, at: At): Refusal | undefined;
  /** Refusal by the capacity. */
  short(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Refusal | undefined;
  refused(wallet: ModelWallet, asked: Asked, refusal: Refusal): Expected;
  give(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences;
}
