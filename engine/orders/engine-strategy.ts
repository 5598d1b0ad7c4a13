/** Strategy number of intents that the engine itself raises (exit rules, protection, aged positions, reconcile). */
export const ENGINE_STRATEGY = 0;
