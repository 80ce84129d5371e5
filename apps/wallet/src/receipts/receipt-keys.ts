import type { FactoryProvider } from '@nestjs/common';
import { publicReceiptKey, type ReceiptKey, receiptSigner, type ReceiptSigner } from '@tokengrid/contracts';
import { serviceConfig } from '@tokengrid/service';
import type { WalletConfig } from '../config.ts';

type Settings = Pick<WalletConfig, 'receiptSigningKey' | 'receiptRetiredKeys'>;

/** What receipts are signed with. Rotated by a new private key, and the old one's public half among those that are retired. */
export class ReceiptKeys {
  /** @param published keys that a receipt may be signed by, the current one first */
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

/** Names of keys are hashes, and hashing takes a moment: the keys are made before anything that asks for them. */
export const receiptKeysProvider: FactoryProvider<ReceiptKeys> = {
  provide: ReceiptKeys,
  inject: [serviceConfig],
  useFactory: (settings: Settings) => ReceiptKeys.of(settings),
};
