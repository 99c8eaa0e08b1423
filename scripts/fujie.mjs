#!/usr/bin/env node
// The `bin` of a clone: hands over to the Node that strips types.
process.argv.splice(2, 0, 'fujie')
await import('./run.mjs')
