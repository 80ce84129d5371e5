import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApiKeyRevoked,
  type EdgeEvent,
  HoldRefused,
  HoldsRecalled,
  SliceClosed,
  SliceRecalled,
  walletIdOf,
} from '@tokengrid/contracts';
import { newId, poolOf, type RunningService } from '@tokengrid/service';
import { type Ground, openGround, startOn, until } from '@tokengrid/service/testing';
import { DataSource } from 'typeorm';
import { gatewayConfig } from '../config.ts';
import { wantSlice } from '../decisions/slices/want-slice.ts';
import { edgeStreamOf } from '../decisions/state/edge.ts';
import { GatewayModule } from '../gateway.module.ts';
import { Purse, type Spending, SpendingEnded, type SpendingWish, type Units, Unpayable } from '../serving/purse.ts';
import { Edges } from '../streams/edges.ts';
import { EdgeWorld } from '../testing/edge-world.ts';
import { masterKeyOfSpecs } from '../testing/run-gateway.ts';
import { ProcessLease } from './process-lease.ts';

const units = (input: number, output: number): Units =>
  new Map([
    ['input_tokens', BigInt(input) * 1_000_000n],
    ['output_tokens', BigInt(output) * 1_000_000n],
  ]);
const delivery = { end: 'completed', countedBy: 'upstream', firstUnitMs: 5, totalMs: 50 } as const;
const going = new AbortController().signal;

describe('the purse of a process', () => {
  let ground: Ground;
  let service: RunningService;
  let world: EdgeWorld;
  let purse: Purse;

  const start = () =>
    startOn(
      ground,
      { name: 'gateway', module: GatewayModule, config: gatewayConfig },
      { settings: { LOG_LEVEL: 'silent', GATEWAY_MASTER_KEY: masterKeyOfSpecs }, clock: () => Date.now() },
    );

  beforeAll(async () => {
    ground = await openGround('gateway');
    service = await start();
    world = new EdgeWorld(ground);
    purse = service.app.get(Purse);
  }, 120_000);
  afterAll(async () => {
    await service.close();
    await ground.close();
  }, 60_000);

  const wish = (over: Partial<SpendingWish> = {}): SpendingWish => ({
    ...{ requestId: newId('req'), partyId: newId('sub'), keyId: newId('key') },
    ...{ use: { model: 'qwen' }, estimate: units(100, 50) },
    ...over,
  });

  /** A first request of a payer, whose slice is granted. */
  async function opened(over: Partial<SpendingWish> = {}, tokens = 100_000n) {
    const asking = wish(over);
    const opening = purse.open(asking, going);
    const wanted = await world.wanted(asking.partyId);
    world.grant(wanted, { tokens });
    return { asking, wanted, spending: await opening };
  }

  const reportsOf = (partyId: string) =>
    world.of(partyId).flatMap(({ type, data }) => (type === 'UsesServed' ? [data] : []));
  const rowCountOf = ({ rowCount }: { readonly rowCount: number | null }) => rowCount;
  const typesOf = (events: readonly EdgeEvent[]) => events.map(({ type }) => type);
  const causeOf = (opening: Promise<unknown>) =>
    opening.then(
      () => 'paid',
      (error: unknown) => (error instanceof Unpayable ? error.why : error),
    );

  it('asks for a slice, waits for it, and reports what was served out of it', async () => {
    const { asking, wanted, spending } = await opened();
    const { requestId, partyId, keyId } = asking;
    expect(wanted).toMatchObject({ number: 1, scope: [{ model: 'qwen' }], epoch: 1, spare: 0n });
    expect(spending.flow(units(100, 60))).toBe(true);
    const settled = await spending.finish({ units: units(100, 70), delivery });
    expect(settled).toEqual({ tokens: 240n, remaining: 99_760n });
    const [, served] = world.of(partyId);
    expect(served).toMatchObject({
      type: 'UsesServed',
      data: {
        ...{ sliceId: wanted.sliceId, gatewayId: wanted.gatewayId, epoch: 1, report: 1 },
        uses: [{ eventId: requestId, model: 'qwen', key: keyId, delivery }],
      },
    });
    expect(served!.data).toMatchObject({ uses: [{ units: { input_tokens: '100', output_tokens: '70' } }] });
    const next = await purse.open(wish({ partyId }), going);
    next.drop();
    expect(typesOf(world.of(partyId))).toEqual(['SliceWanted', 'UsesServed']);
  });

  it('tells of an OAuth client that it used with its access token', async () => {
    const { asking, spending } = await opened({ keyId: newId('cli') });
    await spending.finish({ units: units(1, 1), delivery });
    expect(reportsOf(asking.partyId)).toMatchObject([{ uses: [{ key: asking.keyId }] }]);
  });

  it('gathers uses of a payer that end together', async () => {
    const { asking, spending } = await opened({}, 10_000_000n);
    const { partyId } = asking;
    const all = await Promise.all(Array.from({ length: 250 }, () => purse.open(wish({ partyId }), going)));
    await Promise.all([spending, ...all].map((each) => each.finish({ units: units(1, 1), delivery })));
    const reports = await until(async () => {
      const said = reportsOf(partyId);
      return said.reduce((sum, { uses }) => sum + uses.length, 0) === 251 && said;
    });
    expect(reports.map(({ report }) => report)).toEqual(reports.map((_, at) => at + 1));
    expect(reports.length).toBeLessThan(10);
  });

  it('keeps uses that end soon after a report, and reports them together', async () => {
    const pool = poolOf(service.app.get(DataSource));
    const { asking, wanted, spending } = await opened({}, 10_000_000n);
    const { partyId } = asking;
    const kept = () =>
      pool.query('select from checkpoints where slice_id = $1 and is_over', [wanted.sliceId]).then(rowCountOf);
    await spending.finish({ units: units(1, 1), delivery });
    for (let number = 0; number < 3; number++) {
      const next = await purse.open(wish({ partyId }), going);
      await next.finish({ units: units(1, 1), delivery });
    }
    expect([await kept(), reportsOf(partyId).map(({ uses }) => uses.length)]).toEqual([3, [1]]);
    await until(async () => reportsOf(partyId).length === 2);
    expect(reportsOf(partyId).map(({ uses }) => uses.length)).toEqual([1, 3]);
    await until(async () => (await kept()) === 0);
  });

  it('answers no use that the process which followed it can not have seen', async () => {
    const pool = poolOf(service.app.get(DataSource));
    const { asking, wanted, spending } = await opened({}, 10_000_000n);
    const { partyId } = asking;
    const late = await purse.open(wish({ partyId }), going);
    await spending.finish({ units: units(1, 1), delivery });
    await pool.query('update gateway_processes set epoch = 2 where gateway_id = $1', [wanted.gatewayId]);
    expect(await causeOf(late.finish({ units: units(1, 1), delivery }))).toBe('unavailable');
    const rows = await pool.query('select from checkpoints where slice_id = $1 and is_over', [wanted.sliceId]);
    expect(rows.rowCount).toBe(0);
    await until(async () => typesOf(world.of(wanted.sliceId)).includes('SliceReturned'));
    expect(reportsOf(partyId).map(({ uses }) => uses.length)).toEqual([1]);
    await until(async () => service.app.get(ProcessLease).spendsUntil() > Date.now());
  }, 40_000);

  it('reports what it kept before it gives a slice back', async () => {
    const { asking, wanted, spending } = await opened({}, 10_000_000n);
    const { partyId } = asking;
    const next = await purse.open(wish({ partyId }), going);
    await spending.finish({ units: units(1, 1), delivery });
    await next.finish({ units: units(1, 1), delivery });
    const recall = { partyId, sliceIds: [wanted.sliceId], reason: 'frozen' as const };
    world.say({ service: 'metering' }, SliceRecalled(recall));
    await until(async () => typesOf(world.of(wanted.sliceId)).includes('SliceReturned'));
    expect(typesOf(world.of(wanted.sliceId))).toEqual(['SliceWanted', 'UsesServed', 'UsesServed', 'SliceReturned']);
    expect(world.of(wanted.sliceId).at(-1)).toMatchObject({ data: { reports: 2, reason: 'recalled' } });
  });

  it('says "insufficient tokens" only where the wallet says so', async () => {
    const asking = wish();
    const cause = causeOf(purse.open(asking, going));
    const wanted = await world.wanted(asking.partyId);
    world.offer(wanted);
    const { sliceId, partyId } = wanted;
    const refused = {
      ...{ walletId: walletIdOf(partyId), holdId: sliceId.replace('slc_', 'hld_'), tokens: wanted.tokens },
      ...{ slice: { sliceId, partyId, number: 1 }, code: 'WALLET.INSUFFICIENT_TOKENS' as const },
    };
    world.say({ service: 'wallet' }, HoldRefused({ ...refused, available: 0n, required: wanted.tokens }));
    expect(await cause).toBe('insufficient-tokens');
    await until(async () => typesOf(world.of(sliceId)).includes('SliceReturned'));
  });

  it('says "unavailable" after two seconds where nobody answers', async () => {
    const began = performance.now();
    const error = await purse.open(wish(), going).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ name: 'Unpayable', why: 'unavailable', retryAfterMs: 1000 });
    expect(performance.now() - began).toBeGreaterThan(1990);
  });

  it('leaves a request alone that is not waited for any more', async () => {
    const leaving = new AbortController();
    const asking = wish();
    const opening = purse.open(asking, leaving.signal);
    await world.wanted(asking.partyId);
    leaving.abort(new Error('the caller left'));
    await expect(opening).rejects.toThrow('the caller left');
  });

  it('drops a slice that is called back within a second, with what was served', async () => {
    const { asking, wanted, spending } = await opened();
    const { sliceId, partyId } = wanted;
    expect(spending.flow(units(100, 30))).toBe(true);
    const walletId = walletIdOf(partyId);
    const began = performance.now();
    world.say({ service: 'wallet' }, HoldsRecalled({ walletId, reason: 'frozen', slices: [{ sliceId, partyId }] }));
    await until(async () => spending.ended.aborted);
    expect(spending.ended.reason).toEqual(new SpendingEnded('frozen'));
    expect(spending.flow(units(100, 31))).toBe(false);
    await spending.finish({ units: units(100, 30), delivery: { ...delivery, end: 'cut-off' } });
    const events = await until(async () => {
      const of = world.of(sliceId);
      return typesOf(of).includes('SliceReturned') && of;
    });
    expect(performance.now() - began).toBeLessThan(1000);
    expect(typesOf(events)).toEqual(['SliceWanted', 'UsesServed', 'SliceReturned']);
    expect(events[1]!.data).toMatchObject({ uses: [{ eventId: asking.requestId }] });
    expect(events[2]!.data).toMatchObject({ reason: 'recalled', reports: 1 });
  });

  it('reports for a request that does not end itself', async () => {
    const { wanted, spending } = await opened();
    const { sliceId, partyId } = wanted;
    expect(spending.flow(units(100, 30))).toBe(true);
    const slices = [{ sliceId, partyId }];
    const frozen = HoldsRecalled({ walletId: walletIdOf(partyId), reason: 'frozen', slices });
    world.say({ service: 'wallet' }, frozen);
    const [, served] = await until(async () => {
      const of = world.of(sliceId);
      return typesOf(of).includes('SliceReturned') && of;
    });
    expect(served!.data).toMatchObject({ uses: [{ units: { output_tokens: '30' } }] });
    expect(await causeOf(spending.finish({ units: units(100, 31), delivery }))).toBe('unavailable');
  });

  it('ends what runs by a key that is revoked, and nothing else', async () => {
    const { asking, spending } = await opened();
    const { partyId, keyId } = asking;
    const other = await purse.open(wish({ partyId }), going);
    world.say({ service: 'identity' }, ApiKeyRevoked({ partyId, keyId }));
    await until(async () => spending.ended.aborted);
    expect(spending.ended.reason).toEqual(new SpendingEnded('key-revoked'));
    expect([spending.flow(units(1, 1)), other.flow(units(1, 1))]).toEqual([false, true]);
    other.drop();
    spending.drop();
  });

  const insertKey = `insert into api_keys (key_id, party_id, party_kind, secret_hash, minted_by, scopes, rights)
                     values ($1, $2, 'subscriber', decode(md5($1), 'hex'), $3, '{}', '{}')`;

  it.each([
    ['expires', 'key-expired', `expires_at = now() + interval '200 ms'`],
    ['was revoked as it began', 'key-revoked', 'revoked = true'],
  ] as const)('ends what runs by a key that %s within a second, and nothing else', async (_, why, ending) => {
    const pool = poolOf(service.app.get(DataSource));
    const [partyId, keyId, otherId] = [newId('sub'), newId('key'), newId('key')];
    for (const id of [keyId, otherId]) await pool.query(insertKey, [id, partyId, null]);
    const { spending } = await opened({ partyId, keyId });
    const other = await purse.open(wish({ partyId, keyId: otherId }), going);
    const at = performance.now();
    await pool.query(`update api_keys set ${ending} where key_id = $1`, [keyId]);
    await until(async () => spending.ended.aborted);
    expect(performance.now() - at).toBeLessThan(1200);
    expect(spending.ended.reason).toEqual(new SpendingEnded(why));
    expect([spending.flow(units(1, 1)), other.flow(units(1, 1))]).toEqual([false, true]);
    other.drop();
    spending.drop();
  });

  it('has a slice of its own for a key whose caps bind it', async () => {
    const pool = poolOf(service.app.get(DataSource));
    const [partyId, capped, minted] = [newId('sub'), newId('key'), newId('key')];
    await pool.query(insertKey, [capped, partyId, null]);
    await pool.query(insertKey, [minted, partyId, capped]);
    await pool.query('insert into capped_keys values ($1, $2)', [walletIdOf(partyId), capped]);
    const { wanted, spending } = await opened({ partyId, keyId: minted });
    expect(wanted.key).toBe(capped);
    await spending.finish({ units: units(1, 1), delivery });
    expect(world.of(partyId).at(-1)).toMatchObject({ data: { uses: [{ key: minted }] } });
  });

  it('stores units of running requests, and what is stored of a dead process is reported', async () => {
    const pool = poolOf(service.app.get(DataSource));
    const { asking, wanted, spending } = await opened();
    expect(spending.flow(units(100, 33))).toBe(true);
    const rows = await until(async () => {
      const { rows: found } = await pool.query('select * from checkpoints where request_id = $1', [asking.requestId]);
      return found.length > 0 && found;
    });
    expect(rows).toMatchObject([{ gateway_id: wanted.gatewayId, slice_id: wanted.sliceId }]);
    spending.drop();

    const dead = { sliceId: newId('slc'), partyId: newId('sub'), gatewayId: 'gwy_dead', epoch: 1 };
    const ask = { ...dead, number: 1, scope: [{ model: 'qwen' }], tokens: 1n, atLeast: 1n, spare: 0n };
    const command = {
      id: crypto.randomUUID(),
      streamId: edgeStreamOf(dead.partyId),
      correlationId: 'spec',
      actor: 'spec',
    };
    await pool.query(`insert into gateway_processes values ('gwy_dead', 1, now())`);
    await service.app.get(Edges).handle(wantSlice, { ...command, data: ask });
    const { use } = rows[0] as { use: object };
    // Stored by a process of a later release.
    const left = { ...use, eventId: 'req_left', later: true, delivery: { ...delivery, later: { deep: true } } };
    await pool.query('insert into checkpoints values ($1, $2, $3, $4, true)', [
      'gwy_dead',
      'req_left',
      dead.sliceId,
      left,
    ]);
    const unreadable = { ...use, eventId: 'req_bad', units: { output_tokens: -1 } };
    await pool.query('insert into checkpoints values ($1, $2, $3, $4, true)', [
      'gwy_dead',
      'req_bad',
      dead.sliceId,
      unreadable,
    ]);
    const events = await until(async () => {
      const of = world.of(dead.sliceId);
      return of.length === 3 && of;
    });
    expect(events.slice(1)).toMatchObject([
      { type: 'UsesServed', data: { epoch: 2, report: 1, uses: [{ eventId: 'req_left', delivery }] } },
      { type: 'SliceReturned', data: { epoch: 2, reports: 1, reason: 'successor' } },
    ]);
    await until(async () => {
      const of = `select from gateway_processes where gateway_id = 'gwy_dead'`;
      return (await pool.query(of)).rowCount === 0;
    });
    expect((await pool.query(`select from checkpoints where gateway_id = 'gwy_dead'`)).rowCount).toBe(0);
  }, 40_000);

  it('spends nothing after another process followed it, and begins anew', async () => {
    const pool = poolOf(service.app.get(DataSource));
    const { wanted, spending } = await opened();
    expect(spending.flow(units(100, 33))).toBe(true);
    await pool.query('update gateway_processes set epoch = 2 where gateway_id = $1', [wanted.gatewayId]);
    await until(async () => spending.ended.aborted);
    expect(spending.ended.reason).toEqual(new SpendingEnded('unavailable'));
    expect(await causeOf(spending.finish({ units: units(100, 33), delivery }))).toBe('unavailable');
    await until(async () => {
      const of = world.of(wanted.sliceId);
      return of.at(-1)?.type === 'SliceReturned' && of;
    });
    expect(world.of(wanted.sliceId).at(-1)).toMatchObject({ data: { reason: 'successor', epoch: 2 } });
    await until(async () => service.app.get(ProcessLease).spendsUntil() > Date.now());
    expect((await opened()).wanted.gatewayId).not.toBe(wanted.gatewayId);
  }, 40_000);

  it('gives all slices back as the process ends', async () => {
    const running: Spending[] = [];
    const { asking, wanted, spending } = await opened();
    running.push(spending);
    await spending.finish({ units: units(1, 1), delivery });
    world.say(
      { service: 'metering' },
      SliceClosed({
        ...{ sliceId: newId('slc'), partyId: asking.partyId, gatewayId: 'other', epoch: 1 },
        ...{ reports: 0, lastCharged: 0, reason: 'expired' },
      }),
    );
    await service.close();
    expect(world.of(wanted.sliceId).at(-1)).toMatchObject({
      ...{ type: 'SliceReturned', data: { reason: 'ended', reports: 1 } },
    });
    const open = new Set<string>();
    for (const { type, data } of world.said()) {
      if (type === 'SliceWanted') open.add(data.sliceId);
      if (type === 'SliceReturned') open.delete(data.sliceId);
    }
    expect([...open]).toEqual([]);
    service = await start();
    purse = service.app.get(Purse);
  }, 60_000);
});
