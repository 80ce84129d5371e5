/** What every refusal event carries: a stable code of the public surface (`WALLET.INSUFFICIENT_TOKENS`). */
export interface Refusal {
  readonly code: string;
}
