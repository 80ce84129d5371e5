import { describe, expect, it } from '@jest/globals';
import { type AlertTerms, mostUsageAlerts, UsageAlertRefused, UsageAlertRemoved } from '@tokengrid/contracts';
import { fold, givenFor, someContext } from '@tokengrid/kernel';
import fc from 'fast-check';
import { lowerMedian } from '../rules/alert-steps.ts';
import { usageAlerts } from '../state/usage-alerts.ts';
import { NotRaised, raiseUsageAlert } from './raise-usage-alert.ts';
import { removeUsageAlert } from './remove-usage-alert.ts';
import { setUsageAlert } from './set-usage-alert.ts';
import { dayMs, hourMs, key, look, partyId, raised, set, start, terms, unusual } from './usage-alerts.fixture.ts';

const given = givenFor(usageAlerts);
const alert = { partyId, name: 'budget' };
const removed = (version = 1) => UsageAlertRemoved({ ...alert, version, by: key });
const setting = (of: AlertTerms = terms) => ({ ...alert, by: key, terms: of });
const at = (time: number) => ({ time });
const during = at(start + hourMs);

describe('a usage alert', () => {
  it('is set, and set anew as the next version of its owner', () => {
    const since = new Date(start).toISOString();
    given().when(setUsageAlert, setting(), at(start)).then(set({ since }));
    const dearer = { ...terms, threshold: { ...terms.threshold!, budget: '2000' } };
    given(set())
      .when(setUsageAlert, setting(dearer), at(start))
      .then(set({ version: 2, since }, dearer));
    given(set(), removed())
      .when(setUsageAlert, setting(), at(start))
      .then(set({ version: 2, since }));
  });

  it('keeps its version, and what it has raised, when the same terms are set again', () => {
    given(set()).when(setUsageAlert, setting(), at(start)).then(set());
    expect(() => given(set(), raised(), set()).when(raiseUsageAlert, look(), during)).toThrow(NotRaised);
  });

  it('is refused beyond the most of a party, unless it is in place of another', () => {
    const full = Array.from({ length: mostUsageAlerts }, (_, nth) => set({ name: `alert-${nth}`, version: nth + 1 }));
    given(...full)
      .when(setUsageAlert, setting(), at(start))
      .then(UsageAlertRefused({ ...alert, code: 'METERING.TOO_MANY_ALERTS' }));
    const other = { ...setting(), name: 'alert-7', terms: unusual };
    const { decided } = given(...full).when(setUsageAlert, other, at(start));
    expect(decided).toMatchObject([{ type: 'UsageAlertSet', data: { name: 'alert-7', version: mostUsageAlerts + 1 } }]);
  });

  it('is removed once', () => {
    given(set())
      .when(removeUsageAlert, { ...alert, by: key })
      .then(removed());
    given(set(), removed())
      .when(removeUsageAlert, { ...alert, by: key })
      .then(UsageAlertRefused({ ...alert, code: 'NOT_FOUND' }));
  });
});

describe('a usage alert is raised', () => {
  it('when a window reaches a percentage of the budget', () => {
    given(set()).when(raiseUsageAlert, look(), during).then(raised());
    expect(() => given(set()).when(raiseUsageAlert, look({ value: '799' }), during)).toThrow(NotRaised);
  });

  it('for decimals exactly', () => {
    const units = {
      ...terms,
      measure: 'units' as const,
      meter: 'input_tokens',
      threshold: { budget: '0.3', percents: [70] },
    };
    given(set({}, units))
      .when(raiseUsageAlert, look({ value: '0.21', step: 70 }), during)
      .then(raised({ value: '0.21', threshold: { budget: '0.3', percent: 70 } }, units));
    expect(() => given(set({}, units)).when(raiseUsageAlert, look({ value: '0.209999', step: 70 }), during)).toThrow(
      NotRaised,
    );
  });

  it('once for each percentage of a window, however often it is looked at', () => {
    const again = () => given(set(), raised()).when(raiseUsageAlert, look({ value: '900' }), during);
    expect(again).toThrow(NotRaised);
    given(set(), raised())
      .when(raiseUsageAlert, look({ value: '1200', step: 100 }), during)
      .then(raised({ value: '1200', threshold: { budget: '1000', percent: 100 } }));
  });

  it('anew in the next window, and by the next version', () => {
    const next = { start: start + dayMs, end: start + 2 * dayMs };
    const window = { from: new Date(next.start).toISOString(), until: new Date(next.end).toISOString() };
    given(set(), raised()).when(raiseUsageAlert, look(next), at(next.start)).then(raised(window));
    given(set(), raised(), set({ version: 2 }))
      .when(raiseUsageAlert, look({ version: 2 }), during)
      .then(raised({ version: 2 }));
  });

  it('not when it was changed or removed after the look', () => {
    expect(() => given(set(), set({ version: 2 })).when(raiseUsageAlert, look(), during)).toThrow(NotRaised);
    expect(() => given(set(), removed()).when(raiseUsageAlert, look(), during)).toThrow(NotRaised);
  });

  it('for late uses, up to seven days after the end of the window', () => {
    const closes = start + 8 * dayMs;
    given(set())
      .when(raiseUsageAlert, look(), at(closes - 1))
      .then(raised());
    expect(() => given(set()).when(raiseUsageAlert, look(), at(closes))).toThrow(NotRaised);
  });

  it('not for a window that was over before it was set', () => {
    const since = (time: number) => set({ since: new Date(time).toISOString() });
    expect(() => given(since(start + dayMs)).when(raiseUsageAlert, look(), during)).toThrow(NotRaised);
    given(since(start + dayMs - 1))
      .when(raiseUsageAlert, look(), during)
      .then(raised());
  });

  it('when a sum is above the percentage of the median of the windows before, and not below the floor', () => {
    const of = (value: string, before: readonly string[]) => look({ value, before, step: 'anomaly' });
    const before = ['7.5', '2', '1000', '0'];
    given(set({}, unusual))
      .when(raiseUsageAlert, of('10', before), during)
      .then(raised({ value: '10', anomaly: { ...unusual.anomaly!, median: '2' } }, unusual));
    const refused = (value: string, sums: readonly string[]) => () =>
      given(set({}, unusual)).when(raiseUsageAlert, of(value, sums), during);
    expect(refused('9.999999', before)).toThrow(NotRaised);
    expect(refused('12', ['4', '4', '4', '4'])).toThrow(NotRaised);
    expect(refused('100', ['1', '1', '1'])).toThrow(NotRaised);
    const twice = given(set({}, unusual), raised({ anomaly: { ...unusual.anomaly!, median: '2' } }, unusual));
    expect(() => twice.when(raiseUsageAlert, of('11', before), during)).toThrow(NotRaised);
  });
});

describe('the median', () => {
  it('is the value in the middle, of an even number the lower one of two', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 9 }), (values) => {
        const sorted = values.toSorted((one, other) => one - other);
        expect(lowerMedian(values.map(String))).toBe(String(sorted[Math.ceil(sorted.length / 2) - 1]));
      }),
    ));
});

/** What happens to an alert: it is set, removed, or a process looks at a window. */
type Happening =
  | { readonly kind: 'set'; readonly budget: number }
  | { readonly kind: 'remove' }
  | { readonly kind: 'look'; readonly day: number; readonly value: number; readonly version: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set' as const), budget: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('look' as const),
      day: fc.integer({ min: -1, max: 12 }),
      value: fc.integer({ min: 0, max: 400 }),
      // Of processes whose look is old by then, too.
      version: fc.integer({ min: 1, max: 4 }),
    }),
  },
);

it('is raised once for each version, window and percentage that a look finds reached in time, in any order', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(happening, fc.integer({ min: 0, max: 30 })), { maxLength: 60 }), (happenings) => {
      let state = usageAlerts.initial;
      let now = start;
      let current: { version: number; since: number; budget: number } | undefined;
      let versions = 0;
      const expected = new Set<string>();
      const told: string[] = [];
      for (const [what, hours] of happenings) {
        now += hours * hourMs;
        const context = { ...someContext, time: now };
        if (what.kind === 'set') {
          const budget = what.budget * 100;
          const of = { ...terms, threshold: { budget: String(budget), percents: [50, 100] } };
          state = fold({ ...usageAlerts, initial: state }, setUsageAlert(state, setting(of), context));
          if (current?.budget !== budget) current = { version: ++versions, since: now, budget };
        } else if (what.kind === 'remove') {
          state = fold({ ...usageAlerts, initial: state }, removeUsageAlert(state, { ...alert, by: key }));
          current = undefined;
        } else {
          const window = { start: start + what.day * dayMs, end: start + (what.day + 1) * dayMs };
          const isOpen =
            window.end > (current?.since ?? 0) && now < window.end + 7 * dayMs && window.start <= now + dayMs;
          for (const percent of [50, 100]) {
            const asked = look({ ...window, value: String(what.value), step: percent, version: what.version });
            if (current && what.version === current.version && isOpen && what.value * 100 >= current.budget * percent)
              expected.add(`${current.version} ${window.start} ${percent}`);
            try {
              const decided = raiseUsageAlert(state, asked, context);
              state = fold({ ...usageAlerts, initial: state }, decided);
              told.push(`${what.version} ${window.start} ${percent}`);
            } catch (error) {
              if (!(error instanceof NotRaised)) throw error;
            }
          }
        }
      }
      expect(told.toSorted()).toEqual([...expected].toSorted());
    }),
    { numRuns: 300 },
  ));
