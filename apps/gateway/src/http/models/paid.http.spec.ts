import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SliceRecalled } from '@tokengrid/contracts';
import { type Caller, until } from '@tokengrid/service/testing';
import { paidModel, paidPrices, type RunningPaid, runPaid } from '../../testing/run-paid.ts';

let running: RunningPaid;
beforeAll(async () => {
  running = await runPaid();
}, 120_000);
afterAll(() => running.close(), 60_000);

const messages = [{ role: 'user', content: 'one two three four' }];
const chat = ({ secret }: Caller, directions: string, more: object = {}) =>
  running.post(0, { secret, directions }, { model: paidModel, messages, stream: true, ...more });

/** A payer whose first request waits for its slice, which is granted. */
async function served(directions: string, tokens: bigint) {
  const caller = running.payer();
  const answering = chat(caller, directions);
  const wanted = await running.world.wanted(caller.partyId);
  running.world.grant(wanted, { tokens, unitPrices: paidPrices });
  return { caller, wanted, response: await answering };
}

const usesOf = (caller: Caller) => running.usesOf(caller);

describe('a request to a model', () => {
  it('is paid out of a slice, and stored before its end leaves', async () => {
    const { caller, wanted, response } = await served('units=20', 100_000n);
    expect(wanted.scope).toEqual([{ model: paidModel, offer: running.offerId }]);
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
    expect(usesOf(caller)).toMatchObject([
      {
        ...{ eventId: response.headers.get('x-request-id'), model: paidModel, offer: running.offerId },
        units: { input_tokens: '4', output_tokens: '20' },
        delivery: { end: 'completed', countedBy: 'upstream' },
      },
    ]);
    const plain = await chat(caller, 'units=3', { stream: false });
    expect(plain.headers.get('x-tokengrid-charge')).toBe('10');
    expect(plain.headers.get('x-tokengrid-remaining')).toBe(String(100_000 - 44 - 10));
  });

  it('ends within a second after its slice is called back, and is charged what was produced', async () => {
    const { caller, wanted, response } = await served('units=100000, unit-ms=2', 10_000_000n);
    const reader = response.body!.getReader();
    await reader.read();
    const { sliceId, partyId } = wanted;
    const recalled = performance.now();
    running.world.say({ service: 'metering' }, SliceRecalled({ partyId, sliceIds: [sliceId], reason: 'frozen' }));
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += Buffer.from(part.value).toString();
    expect(performance.now() - recalled).toBeLessThan(1000);
    expect(text).toContain('"error"');
    const uses = await until(() => Promise.resolve(usesOf(caller).length > 0 && usesOf(caller)));
    expect(uses).toMatchObject([{ delivery: { end: 'cut-off' } }]);
    expect(Number(uses[0]!.units['output_tokens'])).toBeLessThanOrEqual(running.server.calls.at(-1)!.units);
  });

  it('costs nothing where its provider produces nothing', async () => {
    const { caller, response } = await served('status=500', 100_000n);
    expect(response.status).toBe(503);
    expect(usesOf(caller)).toEqual([]);
  });

  it('is charged what was produced where its provider dies', async () => {
    const { caller, response } = await served('units=50, dies-after=5', 100_000n);
    expect(await response.text()).toContain('"error"');
    expect(usesOf(caller)).toMatchObject([{ delivery: { end: 'upstream-failed', countedBy: 'estimate' } }]);
  });
});
