/** Variable with the desk's address in a run of specs: a port of the loopback interface. */
export const deskVariable = 'TOKENGRID_LENDING_DESK';

/** A borrower's request: one word and the end of a line. */
export type Wanted = 'postgres' | 'kafka';

/** The desk's answer, as one line of JSON. The connection stays open as long as the loan lasts. */
export type Loan =
  | {
      /** `postgres://…` of the server. */
      readonly postgres: string;
      /** Prefix of each database's name, unique to the borrower. */
      readonly prefix: string;
    }
  | { readonly brokers: readonly string[] }
  | { readonly failed: string };
