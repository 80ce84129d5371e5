import { readFile } from 'node:fs/promises';
import { checkReceipt, type Receipt } from '@tokengrid/contracts';
import type { Command } from 'commander';
import { readReceiptKeys } from './receipt-keys.ts';

/** `receipt verify <file>`. */
export function registerReceipt(program: Command): void {
  const receipt = program.command('receipt').description('receipts that the wallet signed');
  receipt
    .command('verify')
    .description("verifies one receipt: its signature, its agreement with its event, the event's hash, and its sums")
    .argument('<file>', 'answer of GET /v1/receipts/{id}')
    .option('--keys <file or url>', 'public keys, a JWKS; default: those of the running wallet')
    .action(verify);
}

async function verify(file: string, { keys }: { readonly keys?: string }): Promise<void> {
  const text = textOf(await readFile(file));
  if (text === undefined) return tell(undefined, ['the file is not UTF-8']);
  const { receipt, faults } = await checkReceipt(text, await readReceiptKeys(keys));
  tell(receipt, faults);
}

/** Strict: malformed bytes must not be read as others. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function tell(receipt: Receipt | undefined, faults: readonly string[]): void {
  for (const fault of faults) console.log(`FAULT ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
  else if (receipt) console.log(`whole: ${sentenceOf(receipt)}`);
}

function sentenceOf({ kind, receiptId, tokens, walletId, time, use, price, event }: Receipt): string {
  const what = use ? `, for ${[use.app, use.model].filter(Boolean).join(' with ')} at ${use.priceVersion}` : '';
  const money = price ? `, for ${price.amount} minor units of ${price.currency}` : '';
  return `${kind} ${receiptId} of ${tokens} µAIT, ${walletId}${what}${money}, booked ${time} as ${event.id}`;
}
