import type { FactoryProvider } from '@nestjs/common';
import { publicReceiptKey, type ReceiptKey, receiptSigner, type ReceiptSigner } from '@tokengrid/contracts';
import { serviceConfig } from '@tokengrid/service';
import type { WalletConfig } from '../config.ts';

type Settings = Pick<WalletConfig, 'receiptSigningKey' | 'receiptRetiredKeys'>;

/**
 * Signing keys of receipts. A rotation sets a new private key, and adds the old one's public half
 * to the retired ones.
 */
export class ReceiptKeys {
  /** @param published keys that may have signed a receipt, the current one first */
  constructor(
    readonly signer: ReceiptSigner,
    readonly published: readonly ReceiptKey[],
  ) {}

  static async of({ receiptSigningKey, receiptRetiredKeys = [] }: Settings): Promise<ReceiptKeys> {
    const signer = await receiptSigner(receiptSigningKey);
    return new ReceiptKeys(signer, [
      signer.publicKey,
      ...(await Promise.all(receiptRetiredKeys.map(publicReceiptKey))),
    ]);
  }
}

/** Keys, created before anything that needs them: their names are hashes, which take a moment. */
export const receiptKeysProvider: FactoryProvider<ReceiptKeys> = {
  provide: ReceiptKeys,
  inject: [serviceConfig],
  useFactory: (settings: Settings) => ReceiptKeys.of(settings),
};
