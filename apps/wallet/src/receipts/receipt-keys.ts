import { Inject, Injectable } from '@nestjs/common';
import { publicReceiptKey, type ReceiptKey, receiptSigner, type ReceiptSigner } from '@tokengrid/contracts';
import { serviceConfig } from '@tokengrid/service';
import type { WalletConfig } from '../config.ts';

/** What receipts are signed with. Rotated by a new private key, and the old one's public half among those that are retired. */
@Injectable()
export class ReceiptKeys {
  readonly signer: ReceiptSigner;
  /** Keys that a receipt may be signed by, the current one first. */
  readonly public: readonly ReceiptKey[];

  constructor(@Inject(serviceConfig) settings: Pick<WalletConfig, 'receiptSigningKey' | 'receiptRetiredKeys'>) {
    this.signer = receiptSigner(settings.receiptSigningKey);
    this.public = [this.signer.publicKey, ...(settings.receiptRetiredKeys ?? []).map(publicReceiptKey)];
  }
}
