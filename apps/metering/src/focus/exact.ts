/** A decimal number without rounding: `value` / 10^`scale`. */
export interface Exact {
  readonly value: bigint;
  readonly scale: number;
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;

/** The number of a decimal string. */
export function exact(text: string): Exact {
  const [, sign = '', whole = '', fraction = ''] = decimal.exec(text) ?? [];
  if (whole === '') throw new RangeError(`not a decimal number: ${text}`);
  return { value: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

/** Product of numbers. */
export const times = (...factors: readonly Exact[]): Exact => ({
  value: factors.reduce((product, { value }) => product * value, 1n),
  scale: factors.reduce((sum, { scale }) => sum + scale, 0),
});

/**
 * A number as text, with at least one fraction digit: readers that guess types take a column of
 * such numbers for decimals.
 */
export function exactText({ value, scale }: Exact): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}.${fraction || '0'}`;
}
