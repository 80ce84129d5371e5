/** What limits count. */
export const counted = ['requests', 'units', 'streams'] as const;
export type Counted = (typeof counted)[number];

/** A number of each of them; of a limit, infinite where there is none. */
export type Amounts = Readonly<Record<Counted, number>>;

/** Amounts by what they count. */
export const amountsBy = (of: (what: Counted) => number): Amounts => ({
  requests: of('requests'),
  units: of('units'),
  streams: of('streams'),
});

/** The first of which some amounts are more than others; undefined: none is. */
export const moreThan = (amounts: Amounts, most: Amounts): Counted | undefined =>
  counted.find((what) => amounts[what] > most[what]);
