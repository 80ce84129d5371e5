import { firstPreviousHash, hashOf, headersOf, type StoredEvent } from '@tokengrid/contracts';
import { catalogues } from './catalogues.ts';
import { sampleOf } from './samples.ts';

const service = 'wallet';
const types = ['WalletOpened', 'TokensPurchased', 'TokensSent', 'HoldPlaced', 'TransferRefused'];

/** A lane of golden samples, a record per line as the verifier of `docs/events.md` reads them. */
export function exampleChain(): string {
  const { events } = catalogues.find((each) => each.service === service)!;
  let previousHash = firstPreviousHash;
  const lines = types.map((type, index) => {
    const declaration = events.find((event) => event.type === type);
    if (declaration === undefined) throw new RangeError(`the example's ${type} is not declared any more`);
    const sample = sampleOf(service, declaration) as { readonly walletId: string };
    const commandId = `9f86d081-884c-7d65-9a2f-eaa0c55ad0${10 + index}`;
    const unhashed: Omit<StoredEvent, 'hash'> = {
      ...{ service, lane: 0, sequence: index + 1, streamId: sample.walletId, revision: index + 1 },
      ...{ type, version: declaration.version, time: Date.UTC(2026, 0, 31, 8, index) },
      ...{
        commandId,
        inputHash: 'ab'.repeat(32),
        causationId: commandId,
        correlationId: `für-${index}`,
        actor: 'sub_01jzx3k9v8e7f9q2m4n6p8r0t2/key_01jzx3k9v8e7f9q2m4n6p8r0t3',
      },
      traceparent: index === 0 ? undefined : '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      value: Buffer.from(JSON.stringify(sample)),
    };
    const event = { ...unhashed, hash: hashOf(unhashed, previousHash) };
    const headers = Object.fromEntries(headersOf(event, previousHash));
    previousHash = event.hash;
    return `${JSON.stringify({ headers, value: event.value.toString() })}\n`;
  });
  return lines.join('');
}
