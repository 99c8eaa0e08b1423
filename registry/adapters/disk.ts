import { statfsSync } from 'node:fs'

/** Less than this, and the log takes nothing more: what is staged must still find room. */
const leastFree = 2 ** 30
const lookedAtEvery = 5_000

/** Tells whether a folder's disk has too little room left; looks no more often than each five seconds. */
export function diskOf(folder: string): () => boolean {
  let looked = -Infinity
  let isFull = false
  return () => {
    const now = performance.now()
    if (now - looked < lookedAtEvery) return isFull
    looked = now
    const { bavail, bsize } = statfsSync(folder)
    return (isFull = bavail * bsize < leastFree)
  }
}
