import { describe, expect, it } from '@jest/globals';
import { InMemoryLeases } from './in-memory/in-memory-storage.ts';
import { type Beat, type Lease, LeaseKeeper, type LeaseTerms, type Renewal } from './leases.ts';
import { ComparedClock } from './storage-clock.ts';

const terms: LeaseTerms = { ttlMs: 400, renewEveryMs: 100 };

/** Table whose beats take as long as the test wants. */
class HesitantLeases extends InMemoryLeases {
  beats = 0;
  hold: (beat: number) => Promise<void> = () => Promise.resolve();

  override async beat(holder: string, ttlMs: number, wanted: readonly string[]): Promise<Beat> {
    this.beats += 1;
    await this.hold(this.beats);
    return super.beat(holder, ttlMs, wanted);
  }

  override async renew(holder: string, ttlMs: number): Promise<Renewal | undefined> {
    this.beats += 1;
    await this.hold(this.beats);
    return super.renew(holder, ttlMs);
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a lease keeper', () => {
  it('says that it lost a lease that it could not be sure of for a moment, though nobody else took it', async () => {
    const table = new HesitantLeases();
    const keeper = new LeaseKeeper(table, 'me', terms, () => undefined);
    const told: string[] = [];
    keeper.want('relay/0', { acquired: () => told.push('acquired'), lost: () => told.push('lost') });
    const start = performance.now();
    // The first beat takes a while, so that the second one's term outlasts its own answer.
    table.hold = (beat) =>
      beat === 1 ? until(() => performance.now() > start + 150) : until(() => keeper.lease('relay/0') === undefined);
    await keeper.start();
    expect(told).toEqual(['acquired']);
    await until(() => table.beats === 2);
    table.hold = () => Promise.resolve();
    await until(() => table.beats === 3);
    await until(() => keeper.lease('relay/0') !== undefined);
    expect(told).toEqual(['acquired', 'lost', 'acquired']);
    await keeper.close();
  });

  it.each([
    ['keeps it, for those who can go on, if nobody else has had it', 'free', ['acquired', 'kept']],
    ['says that it lost it, if somebody has it', 'taken', ['acquired', 'lost']],
    ['begins anew, if somebody had it in between', 'given back', ['acquired', 'lost', 'acquired']],
  ])('that could not be sure of a lease for a moment %s', async (_, meanwhile, expected) => {
    const table = new HesitantLeases();
    const keeper = new LeaseKeeper(table, 'me', terms, () => undefined);
    const told: string[] = [];
    keeper.want('subscriber/a/0', {
      acquired: () => told.push('acquired'),
      lost: () => told.push('lost'),
      kept: () => told.push('kept'),
    });
    await keeper.start();
    const { promise: again, resolve: goOn } = Promise.withResolvers<void>();
    table.hold = () => again;
    await until(() => keeper.lease('subscriber/a/0') === undefined);
    expect(told).toEqual(['acquired']);
    if (meanwhile !== 'free') {
      await table.release('me', ['subscriber/a/0']);
      await InMemoryLeases.prototype.beat.call(table, 'other', 60_000, []);
      await table.take('other', ['subscriber/a/0'], 1);
      if (meanwhile === 'given back') await table.release('other', ['subscriber/a/0']);
    }
    table.hold = () => Promise.resolve();
    goOn();
    await until(() => told.length >= expected.length);
    expect(told).toEqual(expected);
    await keeper.close();
  });

  it('begins anew with one that another had in between, though it may hold more than it did', async () => {
    const table = new HesitantLeases();
    const names = ['subscriber/a/0', 'subscriber/a/1'];
    const told: string[] = [];
    const keeper = new LeaseKeeper(table, 'me', terms, () => undefined);
    const tell = (what: string) => (lease: Lease) => told.push(`${what} ${lease.name} #${lease.epoch}`);
    for (const name of names)
      keeper.want(name, { acquired: tell('acquired'), lost: tell('lost'), kept: () => undefined });
    const other = (ttlMs: number) => InMemoryLeases.prototype.beat.call(table, 'other', ttlMs, []);
    await other(60_000);
    await table.take('other', names.slice(1), 1);
    await keeper.start();
    const { promise: again, resolve: goOn } = Promise.withResolvers<void>();
    table.hold = () => again;
    await until(() => keeper.lease('subscriber/a/0') === undefined);
    await table.release('me', names);
    await table.take('other', names, 1);
    // The other holder leaves: more leases are free now than this one has to take again.
    await table.release('other', names);
    await other(0);
    table.hold = () => Promise.resolve();
    goOn();
    await until(() => told.includes('acquired subscriber/a/1 #2'));
    expect(told).toEqual([
      'acquired subscriber/a/0 #1',
      'lost subscriber/a/0 #1',
      'acquired subscriber/a/0 #3',
      'acquired subscriber/a/1 #2',
    ]);
    await keeper.close();
  });

  it.each([
    ['once the work under it has ended', true],
    ['after a while, if that work does not end', false],
  ])('hands a lease over %s', async (_, ends) => {
    const table = new HesitantLeases();
    const keeper = new LeaseKeeper(table, 'me', terms, () => undefined);
    const { promise: idle, resolve: end } = Promise.withResolvers<void>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    for (const name of ['relay/0', 'relay/1']) {
      keeper.want(name, {
        ...{ acquired: () => undefined, lost: () => undefined },
        idle: () => {
          ask();
          return idle;
        },
      });
    }
    await keeper.start();
    const other = () => table.take('other', ['relay/1'], 1);
    await InMemoryLeases.prototype.beat.call(table, 'other', 60_000, []);
    await asked;
    expect([keeper.lease('relay/1'), await other()]).toEqual([undefined, []]);
    if (ends) end();
    const { beats } = table;
    await until(() => table.beats > beats);
    expect(await other()).toHaveLength(1);
    await keeper.close();
  });

  it.each([
    ['fell silent', (table: InMemoryLeases) => InMemoryLeases.prototype.beat.call(table, 'other', 150, [])],
    [
      'left',
      async (table: InMemoryLeases) => {
        await InMemoryLeases.prototype.beat.call(table, 'other', 60_000, []);
        setTimeout(() => void table.leave('other'), 150);
      },
    ],
  ])('takes the leases of one that %s, however seldom it says that it lives itself', async (how, live) => {
    const table = new InMemoryLeases();
    await table.beat('other', 60_000, []);
    await table.take('other', ['subscriber/a/0'], 1);
    const names = ['subscriber/a/0', 'subscriber/a/1'];
    const rare: LeaseTerms =
      how === 'left' ? { ttlMs: 1600, renewEveryMs: 300 } : { ttlMs: 60_000, renewEveryMs: 30_000 };
    const keeper = new LeaseKeeper(table, 'me', rare, () => undefined);
    for (const name of names) keeper.want(name, { acquired: () => undefined, lost: () => undefined });
    await live(table);
    await keeper.start();
    expect(names.map((name) => keeper.lease(name)?.epoch)).toEqual([undefined, 1]);
    await until(() => keeper.lease('subscriber/a/0') !== undefined);
    expect(keeper.lease('subscriber/a/0')).toEqual({ name: 'subscriber/a/0', epoch: 2 });
    await keeper.close();
  });

  it('asks for all its leases only until nothing is left to take, and again when one of them is not its own any more', async () => {
    const table = new InMemoryLeases();
    const asked: string[] = [];
    const beat = table.beat.bind(table);
    const renew = table.renew.bind(table);
    table.beat = (...all) => (asked.push('all'), beat(...all));
    table.renew = (...all) => (asked.push('same'), renew(...all));
    const keeper = new LeaseKeeper(table, 'me', terms, () => undefined);
    const told: string[] = [];
    keeper.want('relay/0', { acquired: ({ epoch }) => told.push(`acquired ${epoch}`), lost: () => told.push('lost') });
    await keeper.start();
    await until(() => asked.length === 3);
    expect(asked).toEqual(['all', 'same', 'same']);
    await table.release('me', ['relay/0']);
    await table.beat('other', 0, []);
    await table.take('other', ['relay/0'], 1);
    asked.length = 0;
    await until(() => told.includes('acquired 3'));
    expect(told).toEqual(['acquired 1', 'lost', 'acquired 3']);
    expect(asked.slice(0, 2)).toEqual(['same', 'all']);
    await keeper.close();
  });

  it('takes nothing while the clock of its process is wrong, gives up what it holds when it steps, and comes back', async () => {
    const table = new InMemoryLeases();
    let skewMs = 3_600_000;
    const clock = new ComparedClock({ own: () => Date.now() + skewMs });
    const wrong = new LeaseKeeper(table, 'wrong', terms, () => undefined, clock);
    const right = new LeaseKeeper(table, 'right', terms, () => undefined);
    const names = ['subscriber/a/0', 'subscriber/a/1'];
    const held = (keeper: LeaseKeeper) => names.filter((name) => keeper.lease(name) !== undefined).length;
    for (const name of names)
      for (const keeper of [wrong, right]) keeper.want(name, { acquired: () => undefined, lost: () => undefined });
    await wrong.start();
    expect(held(wrong)).toBe(0);
    await right.start();
    // A holder that can't take leases does not count for the shares.
    expect(held(right)).toBe(2);
    skewMs = 0;
    await until(() => held(wrong) === 1);
    skewMs = -2500;
    await until(() => held(right) === 2);
    expect(held(wrong)).toBe(0);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
    await Promise.all([wrong.close(), right.close()]);
  });
});
