import { createInterface } from 'node:readline';

const balances = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  for (const { account, asset, amount } of JSON.parse(line).data.postings ?? []) {
    const key = `${account} ${asset}`;
    balances.set(key, (balances.get(key) ?? 0n) + BigInt(amount));
  }
}
for (const [key, balance] of [...balances].sort()) console.log(`${key} ${balance}`);
