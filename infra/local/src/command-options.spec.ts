import { describe, expect, it } from '@jest/globals';
import { parseFlags, parseStartOptions } from './command-options.ts';

describe('the options of up and start', () => {
  it('have defaults', () => {
    expect(parseStartOptions([], 'once')).toEqual({
      help: false,
      once: false,
      detach: false,
      brokers: undefined,
      instances: {},
    });
  });

  it('can be given, instances more than once', () => {
    const args = ['--once', '--brokers', '3', '--instances', 'wallet=2,metering=3', '--instances=app-registry=2'];
    expect(parseStartOptions(args, 'once')).toEqual({
      help: false,
      once: true,
      detach: false,
      brokers: 3,
      instances: { wallet: 2, metering: 3, 'app-registry': 2 },
    });
  });

  it.each([
    [['--brokers', '2'], '--brokers must be 1 or 3, not "2".'],
    [['--instances', 'wallet'], '--instances takes <service>=<1 to 16>, like wallet=2, not "wallet".'],
    [['--instances', 'wallet=0'], 'not "wallet=0"'],
    [['--instances', 'wallet=17'], 'not "wallet=17"'],
    [['--detach'], "Unknown option '--detach' (see --help)"],
    [['now'], "Unexpected argument 'now'"],
  ])('%j is refused', (args, message) => {
    expect(() => parseStartOptions(args, 'once')).toThrow(message);
  });
});

describe('flags', () => {
  it('are false unless given', () => {
    expect(parseFlags(['--yes'], ['help', 'yes'])).toEqual({ help: false, yes: true });
  });
});
