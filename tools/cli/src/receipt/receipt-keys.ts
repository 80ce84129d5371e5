import { readFile } from 'node:fs/promises';
import { receiptKey, type ReceiptKey, receiptKeys } from '@tokengrid/contracts';
import { readRunFile } from '@tokengrid/infra-local';
import { Failure } from '../output/failure.ts';

const timeoutMs = 10_000;

/**
 * Public keys of receipts from a JWKS: a file, an address, or the wallet of the running stack.
 * @throws Failure without keys
 */
export async function readReceiptKeys(source: string | undefined): Promise<readonly ReceiptKey[]> {
  const from = source ?? `${walletUrl()}/v1/receipts/keys`;
  const read = receiptKeys.safeParse(jsonOf(await textOf(from), from));
  if (!read.success) throw new Failure(`${from} is not a JWKS: an object with a list of keys.`);
  const keys = read.data.keys.flatMap((key) => receiptKey.safeParse(key).data ?? []);
  if (keys.length === 0) throw new Failure(`${from} has no Ed25519 key.`);
  return keys;
}

function walletUrl(): string {
  try {
    const url = readRunFile().services['wallet'];
    if (url) return url;
  } catch {
    // No stack runs here: the keys have to be given.
  }
  throw new Failure('No wallet is running. Give its public keys: --keys <file or url of /v1/receipts/keys>.');
}

async function textOf(from: string): Promise<string> {
  if (!/^https?:\/\//.test(from)) return readFile(from, 'utf8');
  const response = await fetch(from, { signal: AbortSignal.timeout(timeoutMs) }).catch((error: Error) => {
    throw new Failure(`${from} is unreachable: ${error.message}.`, { cause: error });
  });
  if (!response.ok) throw new Failure(`${from} answers ${response.status}.`);
  return response.text();
}

function jsonOf(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(`${from} is not JSON.`, { cause: error });
  }
}
