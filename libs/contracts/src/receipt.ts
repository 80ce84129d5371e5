export { checkReceipt, type ReceiptChecked } from './receipt/check-receipt.ts';
export { type Receipt, receipt, receiptOf, type SignedReceipt, signedReceipt } from './receipt/receipt.ts';
export {
  publicReceiptKey,
  receiptKey,
  type ReceiptKey,
  receiptKeys,
  receiptSigner,
  type ReceiptSigner,
  signCompact,
} from './receipt/signature.ts';
