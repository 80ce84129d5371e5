import { readFileSync } from 'node:fs';
import { decodeData, encodeData, type EventDeclaration, walletCatalogue } from '@tokengrid/contracts';

const samplesPath = new URL('../../../libs/contracts/src/samples/wallet.json', import.meta.url);
const rounds = 200;
const timesARound = 1_000;

/** Events of a transfer and a charge. */
const types = ['TokensSent', 'TokensReceived', 'WalletCharged', 'HoldPlaced'] as const;

/**
 * Fastest of many short rounds each, in µs, in turns: other load on the machine only adds to it.
 */
function microsecondsOf(...works: readonly (() => unknown)[]): number[] {
  const best = works.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    works.forEach((work, index) => {
      const started = performance.now();
      for (let time = 0; time < timesARound; time++) work();
      best[index] = Math.min(best[index]!, ((performance.now() - started) * 1000) / timesARound);
    });
  }
  return best;
}

// Cost of checking before storage that an event can be read: compared with encoding it, and with
// reading it back.
const samples = JSON.parse(readFileSync(samplesPath, 'utf8')) as Record<string, Record<string, unknown>>;
console.log('µs an event      bytes  to bytes   checked  read back  checked / to bytes');
for (const type of types) {
  const declaration = walletCatalogue.events[type] as EventDeclaration;
  const bytes = Buffer.from(JSON.stringify(samples[type]![declaration.version]));
  const data = decodeData(declaration, declaration.version, bytes);
  const [encoding, checking, reading] = microsecondsOf(
    () => encodeData(data),
    () => declaration.fits(data),
    () => declaration.schema.parse(JSON.parse(bytes.toString())),
  ) as [number, number, number];
  const figures = [encoding, checking, reading].map((figure) => figure.toFixed(2).padStart(10));
  console.log(
    type.padEnd(16),
    String(bytes.length).padStart(5),
    ...figures,
    (checking / encoding).toFixed(2).padStart(19),
  );
}
