/** THE table of suites, a line each. A suite is taken out by deleting its line here and its folder. */
export { gm } from './gm/gm.ts'
export { pq } from './pq/pq.ts'

// A module, also without a line.
export {}
