/** What kind of file a run of first bytes begins; names and extensions do not count. */
export type Container =
  | { readonly kind: "gzip" | "zstd" | "zip" }
  | TableContainer
  /** `what` completes the sentence "… is …". */
  | { readonly kind: "refused"; readonly what: string; readonly hint: string };

/** What holds one table, unpacked. */
export type TableContainer =
  | { readonly kind: "parquet" | "arrow" }
  | { readonly kind: "json" | "csv"; readonly encoding: "utf-8" | "utf-16le" | "utf-16be" };

const AGAIN = "Export the data as CSV, JSON, feather or Parquet";

const SIGNATURES: readonly (readonly [string, Container])[] = [
  ["1f8b", { kind: "gzip" }],
  ["28b52ffd", { kind: "zstd" }],
  ["504b0304", { kind: "zip" }],
  ["504b0506", { kind: "zip" }],
  ["50415231", { kind: "parquet" }],
  ["4152524f5731", { kind: "arrow" }],
  ["ffffffff", { kind: "arrow" }],
  [
    "46454131",
    {
      kind: "refused",
      what: "a feather file of version 1, which has no readers left",
      hint: "Write it again with pyarrow.feather.write_feather(frame, path), which makes version 2",
    },
  ],
  ["894844460d0a", { kind: "refused", what: "an HDF5 store", hint: AGAIN }],
  ["53514c69746520666f726d6174", { kind: "refused", what: "an SQLite database", hint: AGAIN }],
  ["fd377a585a00", { kind: "refused", what: "compressed with xz", hint: "Unpack it first" }],
  ["425a68", { kind: "refused", what: "compressed with bzip2", hint: "Unpack it first" }],
  ["377abcaf271c", { kind: "refused", what: "a 7z archive", hint: "Unpack it first" }],
  ["526172211a07", { kind: "refused", what: "a RAR archive", hint: "Unpack it first" }],
];

const LFS_POINTER = "version https://git-lfs.github.com/spec/";

export function sniff(head: Uint8Array): Container {
  const hex = Buffer.from(head.subarray(0, 16)).toString("hex");
  for (const [signature, container] of SIGNATURES) if (hex.startsWith(signature)) return container;
  if (hex.startsWith("fffe")) return textContainer(head, "utf-16le");
  if (hex.startsWith("feff")) return textContainer(head, "utf-16be");
  if (looksBinary(head)) {
    return {
      kind: "refused",
      what: "binary data of a kind drydock does not know, or damaged",
      hint: "Import CSV, JSON, feather, Parquet or zip files; if it is one of these, download it again",
    };
  }
  return textContainer(head, "utf-8");
}

function textContainer(head: Uint8Array, encoding: "utf-8" | "utf-16le" | "utf-16be"): Container {
  const text = new TextDecoder(encoding).decode(head).trimStart();
  if (text.startsWith(LFS_POINTER)) {
    return {
      kind: "refused",
      what: "a Git LFS pointer, not the data itself",
      hint: "Run git lfs pull in the repository it came from, then import it again",
    };
  }
  if (/^<(?:!doctype|html|\?xml)/i.test(text)) {
    return {
      kind: "refused",
      what: "a web page or XML document, probably an error page instead of the download",
      hint: "Download the file again",
    };
  }
  const record = /^\d{10,19} (\{.*)/.exec(text)?.[1];
  if (record !== undefined) {
    const what = /book|depth/i.test(record) ? "an order book" : "messages";
    return {
      kind: "refused",
      what: `a recording of ${what}, one message per line, not candles`,
      hint: "Import candles or funding rates",
    };
  }
  const first = text.charAt(0);
  return { kind: first === "{" || first === "[" ? "json" : "csv", encoding };
}

/** Control characters other than tab and line breaks do not occur in text. */
function looksBinary(head: Uint8Array): boolean {
  return head.some((byte) => byte < 9 || (byte > 13 && byte < 32));
}
