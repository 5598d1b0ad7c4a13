import { z } from "zod";
import { DrydockError } from "#engine/errors.ts";

/**
 * What the projection reads of the journal's records, as they stand on the disk. Fields that it does not know are left
 * alone; fields that it uses are as they must be, or the record is refused.
 */

/** Null stands for a number that JSON cannot hold. */
const maybe = z.number().nullable();
const whole = z.int();
const ms = z.number();
const slotName = z.enum(["net", "long", "short"]);

const conditionsSchema = z.object({
  triggerBy: whole,
  timeInForce: whole,
  isPostOnly: z.boolean(),
});

const orderSchema = z.object({
  requestId: whole,
  strategy: whole,
  symbol: whole,
  decidedAt: ms,
  keyRest: whole,
  attempt: whole,
  type: whole,
  side: z.union([z.literal(1), z.literal(-1)]),
  qtyLots: z.number(),
  filledLots: z.number(),
  priceTicks: maybe,
  triggerTicks: maybe,
  reduceOnly: z.boolean(),
  conditions: conditionsSchema.nullable(),
  purpose: whole,
  protection: z.object({ stopLoss: maybe, takeProfit: maybe }),
  tag: z.string().nullable(),
  status: whole,
  isAccepted: z.boolean(),
  fenceAt: ms,
  lookups: whole,
});
export type OrderRecord = Readonly<z.infer<typeof orderSchema>>;

const requestSchema = z.object({
  kind: z.enum(["place", "amend", "cancel", "configure"]),
  order: whole,
  intentId: z.string(),
  requestId: z.string(),
  attempt: whole,
  symbol: z.string(),
  fenceAt: ms,
  bytesHash: z.string(),
  reduceOnly: z.boolean(),
});
export type RequestRow = Readonly<z.infer<typeof requestSchema>>;

const latchSchema = z.object({ reason: z.string(), since: ms, clearsAt: maybe });
const symbolLatchSchema = latchSchema.extend({ symbol: z.string() });
export const latchesSchema = z.object({
  halt: latchSchema.nullable(),
  gate: latchSchema.nullable(),
  haltedSymbols: z.array(symbolLatchSchema),
  quarantined: z.array(symbolLatchSchema),
});
export type LatchesRecord = z.infer<typeof latchesSchema>;

const agedSchema = z.object({
  agedAt: ms,
  graceEndsAt: ms,
  emergencyAt: ms,
  symbol: whole,
  side: z.union([z.literal(1), z.literal(-1)]),
  openedAt: ms,
  id: whole,
  detectedAt: ms,
  status: z.string(),
  seq: whole,
  reason: z.string(),
  graceAt: maybe,
  progressiveAt: maybe,
  entryPrice: maybe,
  breakEven: maybe,
  target: maybe,
  tolerancePct: z.number(),
  price: maybe,
  attempts: whole,
  waits: whole,
  close: z.string().nullable(),
  decidedPrice: maybe,
  requestId: whole.nullable(),
  restingPrice: maybe,
});
export type AgedRecordRow = Readonly<z.infer<typeof agedSchema>>;

const controlSchema = z.object({
  risk: z.object({ latches: latchesSchema }).optional(),
  aged: z
    .object({ held: z.array(z.object({ record: agedSchema.nullable() })) })
    .nullable()
    .optional(),
});
export type ControlRecord = z.infer<typeof controlSchema>;

const positionSchema = z.object({
  userId: z.string(),
  exchange: z.string(),
  env: z.string(),
  accountType: z.string(),
  symbol: z.string(),
  slot: slotName,
  side: z.enum(["long", "short"]),
  size: z.number(),
  lots: maybe,
  entryPrice: maybe,
  markPrice: maybe,
  strategy: z.string().nullable(),
  source: z.string().nullable(),
  openedBy: z.string().nullable(),
  takeProfit: maybe,
  stopLoss: maybe,
  isUntracked: z.boolean(),
  isEstimated: z.boolean(),
  openedAt: maybe,
  firstSeenAt: ms,
  updatedAt: ms,
});
export type PositionRecord = Readonly<z.infer<typeof positionSchema>>;

const rowNoteSchema = z.object({
  actor: z.string(),
  account: z.object({ userId: z.string(), exchange: z.string(), env: z.string() }),
  symbol: z.string(),
  slot: slotName,
  row: positionSchema.nullable(),
  reason: z.string(),
  at: ms,
});
export type RowNote = z.infer<typeof rowNoteSchema>;

const findingNoteSchema = z.object({
  actor: z.string(),
  kind: z.enum(["raised", "cleared"]),
  at: ms,
  key: z.string(),
  class: z.string(),
  symbol: z.string(),
  policy: z.string(),
  content: z.string(),
});
export type FindingNote = z.infer<typeof findingNoteSchema>;

const executionSchema = z.object({
  index: whole,
  executionId: whole,
  requestId: whole,
  side: z.number(),
  qtyLots: maybe,
  priceTicks: maybe,
  time: ms,
});
export type ExecutionRecord = Readonly<z.infer<typeof executionSchema>>;

/** Defaults are those of an event: what a record leaves out has them. */
const eventSchema = z.object({
  asOf: ms.default(0),
  symbol: whole.default(0),
  index: whole.default(0),
  requestId: whole.default(0),
  executionId: whole.default(0),
  side: z.number().default(1),
  qtyLots: maybe.default(0),
  priceTicks: maybe.default(null),
  price: maybe.default(null),
  amount: maybe.default(0),
  reason: whole.default(0),
  order: z.string().default("none"),
  text: z.string().default(""),
  snapshot: z
    .object({ executions: z.array(executionSchema) })
    .nullable()
    .default(null),
});
export type EventRecord = Readonly<z.infer<typeof eventSchema>>;

const stepSchema = z.object({
  event: eventSchema,
  orders: z.array(orderSchema).default([]),
  control: controlSchema.default({}),
  notes: z.array(z.union([rowNoteSchema, findingNoteSchema])).default([]),
  records: z.array(z.array(z.number())).default([]),
  requests: z.array(requestSchema).default([]),
});
export type StepRecord = Readonly<z.infer<typeof stepSchema>>;

const contractSchema = z.object({
  symbol: z.string(),
  slot: slotName,
  tick: z.number().positive(),
  lot: z.number().positive(),
});

const startedSchema = z.object({
  state: z.object({
    orders: z.object({ working: z.array(orderSchema), ended: z.array(orderSchema) }),
    control: controlSchema,
  }),
  names: z.array(z.tuple([z.string(), whole, z.string().nullable(), z.number().optional()])),
  positions: z.array(positionSchema),
  /** Missing in journals of earlier builds. */
  runKey: z.string().nullable().default(null),
  contracts: z.array(contractSchema).default([]),
});
export type StartedRecord = Readonly<z.infer<typeof startedSchema>>;

const boundSchema = z.object({ requestId: z.string(), venueOrderId: z.string() });
const anomalySchema = z.object({ anomaly: z.string(), symbol: z.string(), time: ms });
const headerSchema = z.object({ id: z.string(), build: z.string() });
const snapshotSchema = z.object({ at: ms, targets: z.record(z.string(), startedSchema) });
const anyStepSchema = z.object({ event: z.unknown() });

/** A record as the projection takes it. */
export interface ProjectedRecord {
  readonly seq: number;
  /** Epoch ms. */
  readonly ts: number;
  readonly kind: string;
  readonly target: string | null;
  readonly crc: string;
  readonly data: unknown;
}

export type ParsedRecord =
  | { readonly kind: "header"; readonly data: z.infer<typeof headerSchema> }
  | { readonly kind: "started"; readonly data: StartedRecord }
  | { readonly kind: "bound"; readonly data: z.infer<typeof boundSchema> }
  | { readonly kind: "anomaly"; readonly data: z.infer<typeof anomalySchema> }
  | { readonly kind: "step"; readonly data: StepRecord }
  /** A kind that only later builds know: it is counted and nothing else. */
  | { readonly kind: "other" };

/** @throws E_DATA_FORMAT for a record whose data is not what its kind promises */
export function parseRecord({ seq, kind, target, data }: ProjectedRecord): ParsedRecord {
  const parse = <T>(schema: z.ZodType<T>): T => parsed(schema, data, `Record ${seq} ("${kind}")`);
  if (kind === "header") return { kind, data: parse(headerSchema) };
  if (target === null) return { kind: "other" };
  if (kind === "started") return { kind, data: parse(startedSchema) };
  if (kind === "bound") return { kind, data: parse(boundSchema) };
  if (kind === "data.anomaly") return { kind: "anomaly", data: parse(anomalySchema) };
  if (!anyStepSchema.safeParse(data).success) return { kind: "other" };
  return { kind: "step", data: parse(stepSchema) };
}

/** The state of every account, as a snapshot keeps it. @throws E_DATA_FORMAT */
export function parseSnapshot(
  seq: number,
  state: unknown,
): Readonly<Record<string, StartedRecord>> {
  return parsed(snapshotSchema, state, `The snapshot of record ${seq}`).targets;
}

function parsed<T>(schema: z.ZodType<T>, data: unknown, what: string): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined ? "" : `: ${issue.path.join(".")}: ${issue.message}`;
  throw new DrydockError("E_DATA_FORMAT", `${what} of the journal is not as expected${where}`, {
    while: "reading the journal into tables",
    hint: "Use the drydock version that wrote it, or a newer one",
  });
}
