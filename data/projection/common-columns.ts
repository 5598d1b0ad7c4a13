/** Columns that many tables have. */
export const target = ["VARCHAR", "Account: exchange:env"] as const;
export const seq = ["BIGINT", "Number of the journal's record"] as const;
export const place = ["BIGINT", "Place among the rows of that record, from 0"] as const;
export const time = ["TIMESTAMP", "Time of the record, the engine's clock"] as const;
export const symbol = ["VARCHAR", "The venue's contract"] as const;
export const slot = ["VARCHAR", "net, or in hedge mode long or short"] as const;
export const orderNo = [
  "BIGINT",
  "The engine's number of the order: with target the key of intents",
] as const;
