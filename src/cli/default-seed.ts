// The seed of a run when neither the command line nor the scenario says one: without any it would not be the same twice.

export const DEFAULT_SEED = 1
