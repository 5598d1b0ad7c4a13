/**
 * `swarm`: each fault is on or off by a coin. `lite`: a few of them, rarely. `crash`: the process dies often, little
 * else goes wrong. `live-parity`: nothing goes wrong.
 */
export const PROFILES = ["swarm", "lite", "crash", "live-parity"] as const;
export type Profile = (typeof PROFILES)[number];
