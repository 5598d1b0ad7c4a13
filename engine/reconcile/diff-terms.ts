/** What a comparison does not take from the two sides. */
export interface DiffTerms {
  /** Quote units by which the wallets may differ: rounding of fees and funding. */
  readonly walletTolerance: number;
}

export const DIFF_TERMS: DiffTerms = { walletTolerance: 0.01 };
