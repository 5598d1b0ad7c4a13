import { setFlagsFromString } from "node:v8";

/**
 * The way of an order is many small functions. V8 takes in functions of up to 460 bytes of bytecode until there are
 * 920 of them together, and stops in the middle of that way; with more room an order costs about a third less.
 * Loaded before anything that runs often.
 */
setFlagsFromString("--max-inlined-bytecode-size=2500");
setFlagsFromString("--max-inlined-bytecode-size-cumulative=14000");
setFlagsFromString("--max-inlined-bytecode-size-absolute=40000");

/**
 * DuckDB, files and DNS look-ups share one pool of threads. With Node's four, four long queries keep everything else
 * waiting for seconds; it is read when the first of them is used, which nothing has done yet.
 */
process.env["UV_THREADPOOL_SIZE"] ??= "16";
