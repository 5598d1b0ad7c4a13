import { testBuiltIns } from "./testing/built-in-properties.ts";

testBuiltIns(200);
