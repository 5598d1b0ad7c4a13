import { Field, Float64, MetadataVersion, Schema } from "apache-arrow";
import { FileBlock, Footer } from "apache-arrow/ipc/metadata/file";
import { BufferRegion, FieldNode, Message, RecordBatch } from "apache-arrow/ipc/metadata/message";

/**
 * The bytes around the columns of an Arrow IPC file: everything but the values. apache-arrow's own writer aligns
 * columns to 8 bytes and joins the whole file in memory; this lays them out at 64, as the format recommends, and
 * leaves the values where they are.
 *
 *     "ARROW1" · schema · record batch header · columns … · end of stream · extra bytes · footer · "ARROW1"
 *
 * The extra bytes lie where nothing in the format points to, so readers of Arrow pass over them.
 * https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format, read 2026-08-20
 */
export interface ArrowLayout {
  /** Up to the first column. */
  readonly head: Uint8Array;
  /** Where each column begins in the file. */
  readonly offsets: readonly number[];
  /** Where the columns end, padding included. */
  readonly end: number;
  /** From the end of the columns to the end of the file. */
  readonly makeTail: (extra: Uint8Array) => Uint8Array;
}

const ALIGNMENT = 64;
const MAGIC = new TextEncoder().encode("ARROW1");
const CONTINUATION = new Uint8Array([0xff, 0xff, 0xff, 0xff]);
const END_OF_STREAM = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** Lays out one record batch of float64 columns without missing values. */
export function layOutArrow(
  names: readonly string[],
  rows: number,
  metadata: ReadonlyMap<string, string>,
): ArrowLayout {
  const fields = names.map((name) => new Field(name, new Float64(), false));
  const schema = new Schema(fields, new Map(metadata));
  const bytes = rows * Float64Array.BYTES_PER_ELEMENT;
  const stride = roundUp(bytes, ALIGNMENT);
  const bodyLength = stride * names.length;
  const regions = names.flatMap((_, index) => [
    new BufferRegion(index * stride, 0),
    new BufferRegion(index * stride, bytes),
  ]);
  const nodes = names.map(() => new FieldNode(rows, 0));
  const batch = Message.from(new RecordBatch(rows, nodes, regions, null), bodyLength);

  const start = join([MAGIC, new Uint8Array(2)]);
  const schemaMessage = frame(Message.encode(Message.from(schema)), start.length, 8);
  const batchStart = start.length + schemaMessage.length;
  const batchMessage = frame(Message.encode(batch), batchStart, ALIGNMENT);
  const bodyStart = batchStart + batchMessage.length;
  const block = new FileBlock(batchMessage.length, bodyLength, batchStart);
  const footer = Footer.encode(new Footer(schema, MetadataVersion.V5, [block], []));
  return {
    head: join([start, schemaMessage, batchMessage]),
    offsets: names.map((_, index) => bodyStart + index * stride),
    end: bodyStart + bodyLength,
    makeTail: (extra) => join([END_OF_STREAM, extra, footer, int32(footer.length), MAGIC]),
  };
}

/** A message with its length in front, padded so that what follows is aligned in the file. */
function frame(message: Uint8Array, start: number, alignment: number): Uint8Array {
  const prefix = CONTINUATION.length + 4;
  const end = roundUp(start + prefix + message.length, alignment);
  const size = end - start - prefix;
  return join([CONTINUATION, int32(size), message, new Uint8Array(size - message.length)]);
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
