import { expect, test } from "vitest";
import { describeHeader, findRoles } from "./column-roles.ts";

/** The header's words in the order time, open, high, low, close, volume. */
function roleWords(header: string, symbol: string | null = null): (string | null)[] {
  const words = header.split(",");
  const roles = findRoles(words, symbol);
  if (roles === null) return [];
  const columns = [roles.time, roles.open, roles.high, roles.low, roles.close, roles.volume];
  return columns.map((column) => (column === null ? null : (words[column] ?? null)));
}

test.each([
  ["timestamp,open,high,low,close,volume", "timestamp,open,high,low,close,volume"],
  ["Volume,Close,Low,High,Open,Date", "Date,Open,High,Low,Close,Volume"],
  [
    "open_time,open,high,low,close,volume,close_time,quote_volume",
    "open_time,open,high,low,close,volume",
  ],
  [
    "timestamp,open,high,low,close,volume,quote_volume,trades,close_time",
    "timestamp,open,high,low,close,volume",
  ],
  [
    "timeOpen,timeClose,open,high,low,close,volume,timestamp",
    "timeOpen,open,high,low,close,volume",
  ],
  [
    "time_period_start,time_period_end,time_open,time_close,price_open,price_high,price_low,price_close,volume_traded",
    "time_period_start,price_open,price_high,price_low,price_close,volume_traded",
  ],
  ["t,T,s,i,o,h,l,c,v,n", "t,o,h,l,c,v"],
  [
    "date,1. open,2. high,3. low,4. close,5. volume",
    "date,1. open,2. high,3. low,4. close,5. volume",
  ],
  [",timestamp,Open,High,Low,Close,Adj Close,Volume", "timestamp,Open,High,Low,Close,Volume"],
  ["time,open,high,low,close", "time,open,high,low,close,"],
])("findRoles(%s)", (header, expected) => {
  expect(
    roleWords(header)
      .map((word) => word ?? "")
      .join(","),
  ).toBe(expected);
});

test("the volume in coins wins over the turnover", () => {
  const header = "unix,date,symbol,open,high,low,close,Volume USDT,Volume ETH,tradecount";
  expect(roleWords(header, "ETH/USDT")[5]).toBe("Volume ETH");
  expect(roleWords(header)[5]).toBe("Volume ETH");
  expect(roleWords("time,open,high,low,close,turnover")[5]).toBeNull();
});

test("a header that names only the close time says so", () => {
  expect(findRoles("close_time,open,high,low,close".split(","), null)?.stamp).toBe("close");
  expect(findRoles("open_time,open,high,low,close".split(","), null)?.stamp).toBe("open");
  expect(findRoles("time,open,high,low,close".split(","), null)?.stamp).toBeNull();
});

test.each([
  ["price,qty,time", "trades"],
  ["agg_trade_id,price,quantity,transact_time,is_buyer_maker", "trades"],
  ["time,bids,asks", "an order book or quotes"],
  ["create_time,symbol,sum_open_interest", "open interest"],
  ["name,colour", ""],
])("describeHeader(%s)", (header, expected) => {
  expect(findRoles(header.split(","), null)).toBeNull();
  expect(describeHeader(header.split(","))).toBe(expected);
});
