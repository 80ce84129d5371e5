/** An exact number ≥ 0. */
export class Fraction {
  static readonly zero = new Fraction(0n, 1n);

  private constructor(
    private readonly over: bigint,
    private readonly under: bigint,
  ) {}

  static of(whole: bigint, under = 1n): Fraction {
    return new Fraction(whole, under);
  }

  /** Of a decimal as people write it: `12.5` is 125 / 10. */
  static ofDecimal(text: string): Fraction {
    const [whole = '', part = ''] = text.split('.');
    return new Fraction(BigInt(whole + part), 10n ** BigInt(part.length));
  }

  plus(other: Fraction): Fraction {
    return new Fraction(this.over * other.under + other.over * this.under, this.under * other.under);
  }

  times(other: Fraction): Fraction {
    return new Fraction(this.over * other.over, this.under * other.under);
  }

  get roundedDown(): bigint {
    return this.over / this.under;
  }

  /** The nearest whole number; in the middle of two, the larger. */
  get nearest(): bigint {
    return this.plus(new Fraction(1n, 2n)).roundedDown;
  }

  /** How far a whole number is from it is less than one. */
  isNear(whole: bigint): boolean {
    return whole * this.under > this.over - this.under && whole * this.under < this.over + this.under;
  }
}
