import type { Stage } from '../wallet/stage.ts';

/**
 * Fetches a long statement as CSV, and prints its duration and the growth of the wallet's memory.
 */
export async function measureStatement(stage: Stage, walletId: string): Promise<void> {
  const url = stage.urls[1]!;
  const started = performance.now();
  let most = await residentBytes(url);
  const before = most;
  const response = await fetch(`${url}/v1/wallets/${walletId}/entries?format=csv`, {
    headers: { authorization: `Bearer ${stage.operatorKey}` },
  });
  let [lines, bytes] = [0, 0];
  let looked = performance.now();
  for await (const chunk of response.body!) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines++;
    if (performance.now() - looked < 500) continue;
    most = Math.max(most, await residentBytes(url));
    looked = performance.now();
  }
  const seconds = (performance.now() - started) / 1000;
  const mib = (size: number) => (size / 2 ** 20).toFixed(0);
  console.log(
    `statement as CSV: ${lines - 1} entries, ${mib(bytes)} MiB in ${seconds.toFixed(1)} s; the process had ${mib(before)} MiB before, ${mib(most)} at most`,
  );
}

async function residentBytes(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes(?:{[^}]*})? (\S+)/m.exec(metrics)?.[1]);
}
