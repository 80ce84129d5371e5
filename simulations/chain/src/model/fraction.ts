/** Most decimals of units and prices: sums of such numbers keep one denominator. */
const decimals = 6;

/** An exact number ≥ 0. */
export class Fraction {
  static readonly zero = new Fraction(0n, 1n);

  private constructor(
    private readonly upper: bigint,
    private readonly under: bigint,
  ) {}

  static of(whole: bigint, under = 1n): Fraction {
    return new Fraction(whole, under);
  }

  /** Of a decimal as people write it: `12.5` is 125 / 10. */
  static ofDecimal(text: string): Fraction {
    const [whole = '', part = ''] = text.split('.');
    return new Fraction(BigInt(whole + part.padEnd(decimals, '0')), 10n ** BigInt(Math.max(decimals, part.length)));
  }

  plus(other: Fraction): Fraction {
    if (this.under === other.under) return new Fraction(this.upper + other.upper, this.under);
    return new Fraction(this.upper * other.under + other.upper * this.under, this.under * other.under);
  }

  /** @throws RangeError for a number that is larger */
  minus(other: Fraction): Fraction {
    if (other.isAbove(this)) throw new RangeError('a fraction is never below zero');
    return new Fraction(this.upper * other.under - other.upper * this.under, this.under * other.under);
  }

  times(other: Fraction): Fraction {
    return new Fraction(this.upper * other.upper, this.under * other.under);
  }

  /** @throws RangeError for zero */
  over(other: Fraction): Fraction {
    if (other.upper === 0n) throw new RangeError('nothing is divided by zero');
    return new Fraction(this.upper * other.under, this.under * other.upper);
  }

  isAbove(other: Fraction): boolean {
    return this.upper * other.under > other.upper * this.under;
  }

  equals(other: Fraction): boolean {
    return this.upper * other.under === other.upper * this.under;
  }

  get roundedDown(): bigint {
    return this.upper / this.under;
  }

  get roundedUp(): Fraction {
    return new Fraction((this.upper + this.under - 1n) / this.under, 1n);
  }

  /** The nearest whole number; in the middle of two, the larger. */
  get nearest(): bigint {
    return this.plus(new Fraction(1n, 2n)).roundedDown;
  }

  /** How far a whole number is from it is less than one. */
  isNear(whole: bigint): boolean {
    return whole * this.under > this.upper - this.under && whole * this.under < this.upper + this.under;
  }
}
