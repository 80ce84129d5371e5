/** Where a run of specs says how to reach its desk: a port of the loopback interface. */
export const deskVariable = 'TOKENGRID_LENDING_DESK';

/** What can be borrowed, as a borrower asks for it: one word and the end of a line. */
export type Wanted = 'postgres' | 'kafka';

/**
 * What a borrower is told, as one line of JSON. The connection stays open for as long as the loan
 * lasts.
 */
export type Loan =
  | {
      /** `postgres://…` of the server. */
      readonly postgres: string;
      /** In front of each database's name: no other borrower has it. */
      readonly prefix: string;
    }
  | { readonly brokers: readonly string[] }
  | { readonly failed: string };
