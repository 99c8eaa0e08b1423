// node scripts/run.mjs others: shows the hostile corpus to the libraries of tests/oracles and writes docs/others.md.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadPeers } from './others/peers.ts'
import { tallyPeer, writeTable } from './others/table.ts'

const results = []
for (const peer of loadPeers()) {
  const tallies = await tallyPeer(peer)
  results.push({ peer, tallies })
  for (const { set, shown, outside, unread, judged, accepted } of tallies)
    console.log(JSON.stringify({ peer: peer.name, set, shown, outside, unread, judged, accepted: accepted.length }))
}
writeFileSync(join(import.meta.dirname, '../docs/others.md'), writeTable(results))
